import { dockerRuleset } from "../../derive/docker-rules.ts";
import { judgedFactNames, judgedIntents } from "../../derive/judged-intents.ts";
import { firewallManaged } from "../../derive/managed.ts";
import { isMasqueraded } from "../../derive/promises.ts";
import { verdictOverIntents } from "../../derive/verdict-over-intents.ts";
import type { DockerNetwork } from "../../model/docker.ts";
import type { Problem, Remedy } from "../../model/finding.ts";
import type { JudgedIntent } from "../../model/intent.ts";
import { type Family, type Prefix, prefixText } from "../../model/ip.ts";
import type { IptablesRule, Ruleset } from "../../model/netfilter.ts";
import { shellWord } from "../../model/query.ts";
import { defineCheck } from "../define-check.ts";

/** Packets leave with an address that nobody outside can answer to. Any rule that translates them will do, whoever made it. */
export const natMasqueradeMissing = defineCheck({
  id: "nat-masquerade-missing",
  area: "netfilter",
  title: "Packets of a network leave the host with the containers' private addresses",
  passTitle: "Packets of Docker's networks leave under the host's address",
  severity: "critical",
  why: "Nobody outside knows a route to a container's private address, so no answer comes back. Docker adds a MASQUERADE rule for each network; a partial flush of the nat table takes it away while everything else looks right.",
  confirm: [
    "iptables -t nat -S POSTROUTING",
    "tcpdump -ni <uplink> net <subnet>   # private sources on the wire",
  ],
  remedy: {
    summary: "Translate the network's packets again",
    commands: ["iptables -t nat -A POSTROUTING -s <subnet> ! -o <bridge> -j MASQUERADE"],
    persistent: [
      "systemctl restart docker writes all of Docker's rules anew (restarts containers)",
    ],
  },
  ignoreWhen:
    "the network is routed: then set com.docker.network.bridge.enable_ip_masquerade=false or gateway_mode_ipv4=routed",
  references: [
    "https://docs.docker.com/engine/network/packet-filtering-firewalls/",
    "https://github.com/moby/moby/issues/13381",
  ],
  requires: judgedFactNames,
  evaluate(facts, { derived }) {
    const managed = firewallManaged(facts);
    if (managed.kind === "verdict") return managed.verdict;
    const relevant = derived(judgedIntents).filter(({ intent }) => intent.kind === "egress");
    const bare = relevant.filter(leavesUntranslated);
    const problems = facts.dockerNetworks.flatMap((network) =>
      (["ipv4", "ipv6"] as const).flatMap((family) => {
        const own = bare.filter(
          ({ intent }) => intent.networkId === network.id && intent.family === family,
        );
        if (own.length > 0) return problemOf({ network, family, own }, facts.rulesets);
        const kept = relevant.filter(
          ({ intent, outcome }) =>
            intent.networkId === network.id && intent.family === family && outcome.state === "kept",
        );
        const isPromised = kept.length > 0 && isMasqueraded(facts, network, family);
        return isPromised ? othersProblem({ network, family }, facts.rulesets) : [];
      }),
    );
    return verdictOverIntents(relevant, problems, "no container runs on a masqueraded network");
  },
  assume: ({ subject, expected = "" }) => {
    const match = /-s (\S+) ! -o (\S+) -j MASQUERADE/.exec(expected);
    const [, subnet = "", bridge = ""] = match ?? [];
    if (subject.kind !== "network") return [];
    const family = subnet.includes(":") ? "ipv6" : "ipv4";
    return [{ kind: "masquerade-present", family, subnet, bridge }];
  },
});

function leavesUntranslated({ outcome }: JudgedIntent): boolean {
  return (
    outcome.state === "failed" &&
    outcome.element.kind === "not-translated" &&
    outcome.element.what === "source"
  );
}

/** Docker's own rule is gone, and somebody else's does its work: worth a word, for that one may go with whoever made it. */
function othersProblem(
  { network, family }: { readonly network: DockerNetwork; readonly family: Family },
  rulesets: readonly Ruleset[],
): readonly Problem[] {
  const subnet = network.ipam.find((config) => config.subnet.family === family)?.subnet;
  const ruleset = dockerRuleset(rulesets, family);
  const { bridge } = network;
  if (subnet === undefined || bridge === undefined || ruleset === undefined) return [];
  const nat = rulesets.filter((one) => one.family === family).flatMap(({ tables }) => tables);
  const isUnread = nat.some(({ name, incompatible }) => name === "nat" && incompatible === true);
  const rules = nat
    .filter(({ name }) => name === "nat")
    .flatMap(({ chains }) => chains.filter(({ name }) => name === "POSTROUTING"))
    .flatMap((chain) => chain.rules);
  if (isUnread || rules.some((rule) => translatesSubnet(rule, subnet))) return [];
  const rule = translation(subnet, bridge);
  return [
    {
      subject: { kind: "network", name: network.name },
      message: `Docker's own rule for ${prefixText(subnet)} is gone; the packets leave translated by a rule of somebody else`,
      observed: "no rule for this subnet in nat POSTROUTING",
      expected: rule,
      severity: "info",
      evidence: [{ source: ruleset.source, text: `missing: ${rule}` }],
      remedy: remedyFor({ network, family, subnet, bridge }),
    },
  ];
}

/** Docker's form of the rule: MASQUERADE, or SNAT where the network has an address to leave under. */
function translatesSubnet({ matches, target }: IptablesRule, subnet: Prefix): boolean {
  const isTranslation = target.kind === "masquerade" || target.kind === "snat";
  return (
    isTranslation &&
    matches.some(
      (match) =>
        match.kind === "source" &&
        !match.inverted &&
        prefixText(match.prefix) === prefixText(subnet),
    )
  );
}

function remedyFor(so: {
  readonly network: DockerNetwork;
  readonly family: Family;
  readonly subnet: Prefix;
  readonly bridge: string;
}): Remedy {
  const tool = so.family === "ipv4" ? "iptables" : "ip6tables";
  const { subnet, bridge } = so;
  return {
    summary: `Translate the packets of network ${so.network.name} again`,
    commands: [`${tool} -t nat ${translation(subnet, shellWord(bridge))}`],
    persistent: [
      "systemctl restart docker writes all of Docker's rules anew (restarts the containers, unless live-restore is on)",
    ],
  };
}

/** Docker's rule for a network, as iptables prints it. */
function translation(subnet: Prefix, bridge: string): string {
  return `-A POSTROUTING -s ${prefixText(subnet)} ! -o ${bridge} -j MASQUERADE`;
}

function problemOf(
  so: {
    readonly network: DockerNetwork;
    readonly family: Family;
    readonly own: readonly JudgedIntent[];
  },
  rulesets: readonly Ruleset[],
): readonly Problem[] {
  const { network, family, own } = so;
  const subnet = network.ipam.find((config) => config.subnet.family === family)?.subnet;
  const { bridge } = network;
  if (subnet === undefined || bridge === undefined) return [];
  const rule = translation(subnet, bridge);
  const ruleset = dockerRuleset(rulesets, family);
  const sources = new Set(
    own.flatMap(({ intent }) => intent.attempts.map(({ packet }) => packet.source)),
  );
  return [
    {
      subject: { kind: "network", name: network.name },
      message: `no nat rule translates ${prefixText(subnet)}: packets leave with sources such as ${[...sources][0] ?? ""}`,
      observed: "no matching rule in nat POSTROUTING",
      expected: rule,
      evidence: ruleset === undefined ? [] : [{ source: ruleset.source, text: `missing: ${rule}` }],
      intents: own.map(({ intent }) => intent.id),
      remedy: remedyFor({ network, family, subnet, bridge }),
    },
  ];
}
