import type { Sandbox } from "../../model/sandbox.ts";

/** Whether anything in the container's namespace takes what comes for the port; undefined where that was not read. */
export function listensIn(
  sandboxes: readonly Sandbox[] | undefined,
  wanted: { readonly name: string; readonly protocol: string; readonly port: number },
): boolean | undefined {
  const sandbox = sandboxes?.find(({ containers }) => containers.includes(wanted.name));
  const sockets = sandbox?.parts.sockets;
  if (sockets?.state !== "known" || sockets.reduced !== undefined) return undefined;
  return sockets.value.some(
    ({ protocol, port, address = "" }) =>
      protocol === wanted.protocol && port === wanted.port && !isLoopback(address),
  );
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}
