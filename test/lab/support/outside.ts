import { join } from "node:path";
import { type LanAddresses, lanAddresses, outsideNumber } from "./address-plan.ts";
import { imageTree } from "./image.ts";
import type { Lab } from "./lab.ts";
import { emptyNetns, type LanSwitch, plugIn } from "./lan-switch.ts";
import { inNetnsOf } from "./netns-exec.ts";

/** A machine on the LAN that is no Docker host: client of published ports, server for containers. */
export interface Outside {
  readonly pid: number;
  readonly addresses: LanAddresses;
}

/** Ports on which it answers, with the same servers as the image. */
export const outsidePorts = { http: 80, udpEcho: 53 } as const;

/** Starts it; the image's tree must exist. It ends with the lab. */
export async function startOutside(lab: Lab, lanSwitch: LanSwitch): Promise<Outside> {
  const { pid } = await lab.hold(emptyNetns, "outside.log");
  const number = outsideNumber;
  await plugIn(lanSwitch, { pid, name: "outside", ifname: "eth0", number, defaultRoute: "yes" });
  const tree = imageTree(lab);
  const announce = 'echo; export LAB_SERVER=outside; exec "$@" >/dev/null';
  const serve = (argv: readonly string[], log: string) =>
    lab.hold(inNetnsOf(pid, ["sh", "-c", announce, "serve", ...argv]), log);
  await Promise.all([
    serve(
      ["busybox", "httpd", "-f", "-p", String(outsidePorts.http), "-h", join(tree, "www")],
      "outside-http.log",
    ),
    serve([join(tree, "srv/udp-echo"), String(outsidePorts.udpEcho)], "outside-udp-echo.log"),
  ]);
  return { pid, addresses: lanAddresses(number, lanSwitch.lan) };
}
