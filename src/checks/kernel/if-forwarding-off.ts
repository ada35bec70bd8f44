import { sysctlEvidence } from "../../derive/evidence.ts";
import { bridgeNetworksInUse } from "../../derive/networks-in-use.ts";
import { uplinks } from "../../derive/uplinks.ts";
import { notApplicable, type Problem, pass } from "../../model/finding.ts";
import { shellWord } from "../../model/query.ts";
import { linkSysctlKey } from "../../model/sysctl.ts";
import { defineCheck } from "../define-check.ts";

/** The kernel asks the flag of the link that a packet comes in by. */
export const ifForwardingOff = defineCheck({
  id: "if-forwarding-off",
  area: "kernel",
  title: "Forwarding is disabled on a link that Docker needs",
  passTitle: "Docker's bridges and the uplinks forward",
  severity: "critical",
  why: "The kernel tests the forwarding flag of the link that a packet arrives on. With net.ipv4.ip_forward=1 and the flag of one link 0, what arrives there is not forwarded, and no firewall rule shows it. systemd-networkd does this to links that its .network file matches without IPv4Forwarding=. Restarting Docker does not help: dockerd writes only where ip_forward is not 1.",
  confirm: ["ip -4 netconf show", "sysctl net.ipv4.conf.<link>.forwarding"],
  remedy: {
    summary: "Enable forwarding on the link",
    commands: ["sysctl -w net.ipv4.conf.<link>.forwarding=1"],
    persistent: [
      "in the link's .network file: [Network] IPv4Forwarding=yes, or Unmanaged=yes in [Link] for docker*, br-* and veth*",
    ],
  },
  ignoreWhen: "nothing that arrives on this link is meant for a container",
  references: [
    "https://docs.kernel.org/networking/ip-sysctl.html",
    "https://github.com/moby/moby/issues/14185",
  ],
  requires: ["sysctls", "linkSettings", "links", "routes", "dockerNetworks", "dockerDaemon"],
  evaluate(facts) {
    if (facts.sysctls["net.ipv4.ip_forward"] !== "1")
      return notApplicable("net.ipv4.ip_forward is not 1: see ip-forward-off");
    const networks = bridgeNetworksInUse(facts).filter(
      ({ internal, ipv4Enabled }) => !internal && ipv4Enabled,
    );
    if (networks.length === 0) return notApplicable("no routed bridge network is in use");
    const flagOf = (ifname: string): boolean | undefined =>
      facts.linkSettings.find((entry) => entry.family === "ipv4" && entry.ifname === ifname)
        ?.forwarding;
    const up = (ifname: string): boolean =>
      facts.links.some((link) => link.ifname === ifname && link.adminUp);
    const needed = [
      ...networks.map(({ bridge, name }) => ({
        ifname: bridge ?? "",
        role: `bridge of network ${name}`,
      })),
      ...uplinks(facts, "ipv4").map(({ ifname }) => ({ ifname, role: "uplink" })),
    ].filter(({ ifname }) => up(ifname));
    const unread = needed.filter(({ ifname }) => flagOf(ifname) === undefined);
    const off = needed.filter(({ ifname }) => flagOf(ifname) === false);
    const [first, ...rest] = [...off.map(linkProblem), ...defaultProblem(flagOf("default"))];
    if (first !== undefined) return { status: "fail", problems: [first, ...rest] };
    const [missing] = unread;
    if (missing === undefined) return pass;
    const reason = `net.ipv4.conf.${missing.ifname}.forwarding was not read`;
    return { status: "unknown", because: [{ about: missing.ifname, reason }] };
  },
  assume: ({ subject }) =>
    subject.kind === "sysctl" ? [{ kind: "sysctl", key: subject.key, value: "1" }] : [],
});

function linkProblem({
  ifname,
  role,
}: {
  readonly ifname: string;
  readonly role: string;
}): Problem {
  const key = linkSysctlKey("ipv4", ifname, "forwarding");
  return {
    subject: { kind: "sysctl", key },
    message: `${role} ${ifname}: what arrives on it is not forwarded`,
    observed: "0",
    expected: "1",
    evidence: [sysctlEvidence(key, "0")],
    remedy: {
      summary: `Enable forwarding on ${ifname}`,
      commands: [`sysctl -w ${shellWord(`${key}=1`)}`],
      persistent: [
        `[Network] IPv4Forwarding=yes in the .network file that matches ${ifname}, or leave it to Docker with Unmanaged=yes`,
      ],
    },
  };
}

/** Bridges that Docker creates from now on are born with this flag. */
function defaultProblem(flag: boolean | undefined): readonly Problem[] {
  if (flag !== false) return [];
  const key = "net.ipv4.conf.default.forwarding";
  return [
    {
      subject: { kind: "sysctl", key },
      message: "every bridge that is created from now on is born without forwarding",
      observed: "0",
      expected: "1",
      severity: "warning",
      evidence: [sysctlEvidence(key, "0")],
      remedy: {
        summary: "Let new links forward",
        commands: [`sysctl -w ${key}=1`],
        persistent: [`echo '${key} = 1' > /etc/sysctl.d/99-docker-default.conf`],
      },
    },
  ];
}
