import { notApplicable, type Problem, pass } from "../../model/finding.ts";
import type { Link } from "../../model/link.ts";
import { shellWord } from "../../model/query.ts";
import { defineCheck } from "../define-check.ts";

/** Only the administrative flag counts: an empty bridge has no carrier by nature. */
export const bridgeDown = defineCheck({
  id: "bridge-down",
  area: "link",
  title: "A Docker bridge is administratively down",
  passTitle: "Docker's bridges are up",
  severity: "critical",
  why: "A bridge that is down carries no frame, and the kernel takes the routes of its subnet away: every container of the network is offline. Network managers and `ifdown` do this. Operational state DOWN with the flag UP is normal for a bridge without containers.",
  confirm: ["ip link show <bridge>   # look for UP between < and >"],
  remedy: {
    summary: "Set the bridge up",
    commands: ["ip link set <bridge> up"],
    persistent: ["keep NetworkManager, systemd-networkd and ifupdown off docker*, br-* and veth*"],
  },
  ignoreWhen: "the network is out of use on purpose",
  references: ["https://man7.org/linux/man-pages/man8/ip-link.8.html"],
  requires: ["links", "dockerNetworks", "dockerDaemon"],
  evaluate({ links, dockerNetworks }) {
    const bridged = dockerNetworks.filter(
      ({ driver, configOnly }) => driver === "bridge" && !configOnly,
    );
    if (bridged.length === 0) return notApplicable("Docker has no bridge network");
    const problems = bridged.flatMap(({ bridge, name, attachments }) => {
      const link = links.find(({ ifname }) => ifname === bridge);
      if (link === undefined || link.adminUp) return [];
      return [problem(link, name, attachments.length)];
    });
    const [first, ...rest] = problems;
    return first === undefined ? pass : { status: "fail", problems: [first, ...rest] };
  },
  assume: ({ subject }) =>
    subject.kind === "link" ? [{ kind: "link-up", ifname: subject.name }] : [],
});

function problem(link: Link, network: string, endpoints: number): Problem {
  const { ifname, flags } = link;
  const inUse = endpoints > 0;
  return {
    subject: { kind: "link", name: ifname },
    message: inUse
      ? `bridge ${ifname} (network ${network}) is down; its ${endpoints} endpoints are offline`
      : `bridge ${ifname} (network ${network}) is down; containers that are started on it will be offline`,
    observed: `<${flags.join(",")}>`,
    expected: "UP",
    ...(inUse ? {} : { severity: "warning" as const }),
    evidence: [
      {
        source: { kind: "command", argv: ["ip", "link", "show", ifname] },
        text: `${link.ifindex}: ${ifname}: <${flags.join(",")}> mtu ${link.mtuBytes} state ${link.operState.toUpperCase()}`,
      },
    ],
    remedy: {
      summary: `Set ${ifname} up; the kernel puts its routes back`,
      commands: [`ip link set ${shellWord(ifname)} up`],
      persistent: [
        `keep NetworkManager, systemd-networkd and ifupdown off ${ifname} (unmanaged-devices, Unmanaged=yes)`,
      ],
    },
  };
}
