import type { HostPort, HostQuery, Observation } from "../port.ts";

type CommandQuery = Extract<HostQuery, { readonly kind: "command" }>;

/**
 * Wraps a port: `sysctl -e KEY…` is answered from the files below /proc/sys that sysctl(8) reads itself, with the very text that it would
 * print, so that no process is started. Where it is not certain which text that is, sysctl is asked.
 */
export function readingSysctls(inner: HostPort): HostPort {
  const observeSysctls = async (query: CommandQuery): Promise<Observation> => {
    const [, , ...keys] = query.argv;
    const read = await Promise.all(
      keys.map((key) =>
        inner.observe({ kind: "file", path: `/proc/sys/${key.replaceAll(".", "/")}` }),
      ),
    );
    const lines = read.map((file, at) => lineOf(keys[at] ?? "", file));
    const first = read[0];
    if (first === undefined || lines.includes(undefined)) return inner.observe(query);
    const durationMs = read.reduce((sum, each) => sum + each.durationMs, 0);
    return { ok: true, text: lines.join(""), observedAt: first.observedAt, durationMs };
  };
  return {
    observe: (query) =>
      query.kind === "command" && isPlainRead(query) ? observeSysctls(query) : inner.observe(query),
  };
}

/** In the host's own namespace, and without a "/" in a key, which sysctl(8) takes for a dot of a link's name. */
function isPlainRead({ argv, netns, stdin }: CommandQuery): boolean {
  const [program, option, ...keys] = argv;
  return (
    program === "sysctl" &&
    option === "-e" &&
    netns === undefined &&
    stdin === undefined &&
    keys.length > 0 &&
    keys.every((key) => /^net(?:\.[a-z0-9_-]+)+$/.test(key))
  );
}

/** `-e` leaves out keys that this kernel does not have. undefined = sysctl has more to say, such as that it may not read. */
function lineOf(key: string, file: Observation): string | undefined {
  if (!file.ok) return file.failure.kind === "not-found" ? "" : undefined;
  const [, value] = /^([^\n]+)\n$/.exec(file.text) ?? [];
  return value === undefined ? undefined : `${key} = ${value}\n`;
}
