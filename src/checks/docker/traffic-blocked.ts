import { elementEvidence, elementText, ofOwner } from "../../derive/evidence.ts";
import { judgedFactNames, judgedIntents } from "../../derive/judged-intents.ts";
import { elementOwner, ownersPlace } from "../../derive/rule-owners.ts";
import { verdictOverIntents } from "../../derive/verdict-over-intents.ts";
import { type Problem, type Subject, subjectText } from "../../model/finding.ts";
import type { Intent, JudgedIntent } from "../../model/intent.ts";
import type { Ruleset } from "../../model/netfilter.ts";
import type { Element } from "../../model/packet.ts";
import { defineCheck } from "../define-check.ts";

const summary = "Look at the deciding element; take it out, narrow it, or restore what it replaced";

/** The net below all others: a promise fails, and the walk names the element, whether or not a check knows it. */
export const trafficBlocked = defineCheck({
  id: "traffic-blocked",
  area: "docker",
  title: "Packets that Docker promised to carry do not arrive",
  passTitle: "Packets that Docker promised to carry arrive",
  severity: "critical",
  why: "docknet takes the packets that running containers and their clients depend on through a model of this host's kernel: links, routing, sysctls and firewall rules. These packets do not arrive; the element that decides is named. Where another check knows the cause, this finding folds under it.",
  confirm: ["docknet doctor --verbose"],
  remedy: {
    summary,
    commands: [],
    persistent: [],
  },
  ignoreWhen: "the packets are stopped on purpose",
  references: ["https://docs.docker.com/engine/network/packet-filtering-firewalls/"],
  requires: judgedFactNames,
  evaluate(facts, { derived }) {
    const judged = derived(judgedIntents).filter(({ intent }) => intent.kind !== "swarm-port");
    const bySubject = Map.groupBy(judged.flatMap(failureOf), ({ subject }) => subjectText(subject));
    const problems = [...bySubject.values()].flatMap((group) => problemOf(group, facts.rulesets));
    return verdictOverIntents(judged, problems, "no container runs on a bridge network");
  },
});

/** A promise that is broken, by what breaks it. */
interface Broken {
  readonly intent: Intent;
  readonly element: Element;
  readonly subject: Subject;
}

function failureOf({ intent, outcome }: JudgedIntent): readonly Broken[] {
  if (outcome.state !== "failed") return [];
  const { element } = outcome;
  return [{ intent, element, subject: subjectOf(element, intent) }];
}

function problemOf(group: readonly Broken[], rulesets: readonly Ruleset[]): readonly Problem[] {
  const [first, ...others] = group;
  if (first === undefined) return [];
  const elements = new Map(group.map(({ element }) => [elementText(element), element]));
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  return [
    {
      subject: first.subject,
      message: `${first.intent.title}${more}: stopped by ${elementText(first.element)}${ofOwner(first.element, rulesets)}`,
      observed: [...elements.keys()].join("; "),
      expected: "the packets arrive",
      evidence: [...elements.values()]
        .slice(0, 5)
        .map((element) => elementEvidence(element, rulesets)),
      intents: group.map(({ intent }) => intent.id),
      ...remedyAt(first.element, rulesets),
    },
  ];
}

/** Whose rule it is tells where a change of it lasts. */
function remedyAt(element: Element, rulesets: readonly Ruleset[]): Pick<Problem, "remedy"> {
  const owner = elementOwner(element, rulesets);
  const place = owner === undefined ? undefined : ownersPlace(owner);
  if (owner === undefined || place === undefined) return {};
  return { remedy: { summary, commands: [], persistent: [`a rule of ${owner.name}: ${place}`] } };
}

function subjectOf(element: Element, intent: Intent): Subject {
  switch (element.kind) {
    case "rule":
    case "policy": {
      const { family, table, chain } = element;
      return { kind: "chain", family, table, chain };
    }
    case "nft-rule":
    case "nft-chain": {
      const { nftFamily: family, table, chain } = element;
      return { kind: "chain", family, table, chain };
    }
    case "sysctl":
      return { kind: "sysctl", key: element.key };
    case "link":
    case "no-address":
      return { kind: "link", name: element.ifname };
    case "route":
      return {
        kind: "route",
        prefix: element.text.replace(/^[a-z]+ (?=\S+\/)| (?:via|dev) .*$/g, ""),
      };
    case "no-route":
      return { kind: "route", prefix: element.destination };
    default:
      return promiseSubject(intent);
  }
}

function promiseSubject(intent: Intent): Subject {
  const { publishedPort: port, containerName } = intent;
  if (port !== undefined) {
    const { address, hostPort } = port;
    const protocol = port.protocol === "udp" ? "udp" : "tcp";
    const binding = { protocol, address, hostPort } as const;
    return { kind: "published-port", container: containerName ?? "", binding };
  }
  return containerName === undefined
    ? { kind: "host" }
    : { kind: "container", name: containerName };
}
