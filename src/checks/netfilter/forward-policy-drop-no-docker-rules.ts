import { dockerRuleset } from "../../derive/docker-rules.ts";
import { elementEvidence } from "../../derive/evidence.ts";
import { judgedFactNames, judgedIntents } from "../../derive/judged-intents.ts";
import { firewallManaged } from "../../derive/managed.ts";
import { verdictOverIntents } from "../../derive/verdict-over-intents.ts";
import type { Problem } from "../../model/finding.ts";
import type { JudgedIntent } from "../../model/intent.ts";
import type { Family } from "../../model/ip.ts";
import { chainOf, type Ruleset } from "../../model/netfilter.ts";
import { defineCheck } from "../define-check.ts";
import { restartDocker } from "../restart-docker.ts";

/** Policy DROP alone is healthy: Docker sets it itself. Without Docker's accepting rules it stops every container. */
export const forwardPolicyDropNoDockerRules = defineCheck({
  id: "forward-policy-drop-no-docker-rules",
  area: "netfilter",
  title: "The FORWARD policy drops container packets that no rule of Docker accepts",
  passTitle: "FORWARD carries the packets of Docker's networks",
  severity: "critical",
  why: "Docker, ufw and firewalld set the policy of FORWARD to DROP and rely on rules that accept what containers send and receive. When those rules are gone (a flush, a failed start, a reload) every packet of the bridge networks falls through to the policy.",
  confirm: ["iptables -S FORWARD", "iptables -S DOCKER-FORWARD   # Docker 28 and later"],
  remedy: restartDocker("Let dockerd write its rules anew"),
  ignoreWhen: "you carry containers' packets by rules of your own in another place",
  references: [
    "https://docs.docker.com/engine/network/packet-filtering-firewalls/",
    "https://github.com/moby/moby/issues/36151",
  ],
  requires: judgedFactNames,
  evaluate(facts, { derived }) {
    const managed = firewallManaged(facts);
    if (managed.kind === "verdict") return managed.verdict;
    const relevant = derived(judgedIntents).filter(({ intent }) => isContainerTraffic(intent.kind));
    const families: readonly Family[] = ["ipv4", "ipv6"];
    const problems = families.flatMap((family) => {
      const ruleset = dockerRuleset(facts.rulesets, family);
      const dropped = relevant.filter((judged) => stoppedByPolicy(judged, family, ruleset));
      return ruleset === undefined ? [] : problemOf(ruleset, dropped);
    });
    return verdictOverIntents(relevant, problems, "no container runs on a bridge network");
  },
  assume: () => [{ kind: "docker-rules-rebuilt" }],
});

/** Egress and its answers: published ports have rules of their own. */
function isContainerTraffic(kind: JudgedIntent["intent"]["kind"]): boolean {
  return kind === "egress" || kind === "egress-reply";
}

function stoppedByPolicy(
  { intent, outcome }: JudgedIntent,
  family: Family,
  ruleset: Ruleset | undefined,
): boolean {
  if (outcome.state !== "failed" || intent.family !== family) return false;
  const { element } = outcome;
  return (
    element.kind === "policy" &&
    element.table === "filter" &&
    element.chain === "FORWARD" &&
    element.backend === ruleset?.backend
  );
}

function problemOf(ruleset: Ruleset, dropped: readonly JudgedIntent[]): readonly Problem[] {
  const [first] = dropped;
  if (first?.outcome.state !== "failed") return [];
  const bridges = [...new Set(dropped.flatMap(({ intent }) => intent.bridge ?? []))].sort();
  return [
    {
      subject: { kind: "chain", family: ruleset.family, table: "filter", chain: "FORWARD" },
      message: `policy DROP, and no rule accepts the packets of ${bridges.join(", ")}`,
      observed: "policy DROP without Docker's accepting rules",
      expected: "rules that accept what leaves and enters Docker's bridges",
      evidence: [
        elementEvidence(first.outcome.element, [ruleset]),
        { source: ruleset.source, text: forwardRules(ruleset) },
      ],
      intents: dropped.map(({ intent }) => intent.id),
    },
  ];
}

function forwardRules(ruleset: Ruleset): string {
  const count = chainOf(ruleset, "filter", "FORWARD")?.rules.length ?? 0;
  return count === 0
    ? "the chain FORWARD has no rule"
    : `the chain FORWARD has ${count} rules; none accepts these packets`;
}
