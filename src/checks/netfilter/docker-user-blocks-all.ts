import { elementEvidence } from "../../derive/evidence.ts";
import { judgedFactNames, judgedIntents } from "../../derive/judged-intents.ts";
import { verdictOverIntents } from "../../derive/verdict-over-intents.ts";
import type { Container } from "../../model/docker.ts";
import type { Facts } from "../../model/facts.ts";
import { notApplicable, type Problem } from "../../model/finding.ts";
import type { JudgedIntent } from "../../model/intent.ts";
import type { Family } from "../../model/ip.ts";
import type { IptablesRule, Ruleset } from "../../model/netfilter.ts";
import { type Element, elementKey } from "../../model/packet.ts";
import { defineCheck } from "../define-check.ts";

type RuleElement = Extract<Element, { readonly kind: "rule" }>;

/** Judged by packets: a drop of some sources, or with the answers accepted before it, is the documented use. */
export const dockerUserBlocksAll = defineCheck({
  id: "docker-user-blocks-all",
  area: "netfilter",
  title: "A rule in DOCKER-USER drops what containers need",
  passTitle: "DOCKER-USER lets containers' packets through",
  severity: "critical",
  why: "DOCKER-USER is asked before Docker's own rules. A drop for the uplink without an accept for RELATED,ESTABLISHED before it takes the answers to everything that containers ask outside, and after DNAT a rule that names the host's port meets the container's port instead.",
  confirm: ["iptables -L DOCKER-USER -n -v --line-numbers"],
  remedy: {
    summary: "Take the rule out, or narrow it",
    commands: ["iptables -D DOCKER-USER <rule>"],
    persistent: [
      "accept answers first: iptables -I DOCKER-USER -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
      "match the host's port by -m conntrack --ctorigdstport <port> --ctdir ORIGINAL",
    ],
  },
  ignoreWhen: "published ports are closed on purpose",
  references: [
    "https://docs.docker.com/engine/network/firewall-iptables/",
    "https://github.com/moby/moby/issues/22054",
  ],
  requires: judgedFactNames,
  evaluate(facts, { derived }) {
    const judged = derived(judgedIntents).filter(({ intent }) => intent.kind !== "swarm-port");
    if (!facts.rulesets.some(hasUserChain)) return notApplicable("there is no chain DOCKER-USER");
    const problems = (["ipv4", "ipv6"] as const).flatMap((family) => {
      const blocked = judged.filter(
        (one) => one.intent.family === family && userRule(one) !== undefined,
      );
      if (blocked.length > 0) return [problemOf(family, blocked, facts)];
      return idleProblem(family, facts);
    });
    return verdictOverIntents(judged, problems, "no container runs on a bridge network");
  },
  assume: ({ subject, evidence }) => {
    if (subject.kind !== "chain") return [];
    const { family } = subject;
    if (family !== "ipv4" && family !== "ipv6") return [];
    return evidence.flatMap(({ source, text }) => {
      const rule = text.replace(/^\[\d+:\d+\] /, "");
      if (!rule.startsWith("-A DOCKER-USER ")) return [];
      const legacy = source.kind === "command" && source.argv[0].includes("legacy");
      return [
        {
          kind: "rule-absent" as const,
          family,
          backend: legacy ? ("legacy" as const) : ("nf_tables" as const),
          table: "filter" as const,
          chain: "DOCKER-USER",
          text: rule,
        },
      ];
    });
  },
});

function userRule({ outcome }: JudgedIntent): RuleElement | undefined {
  if (outcome.state !== "failed") return undefined;
  const { element } = outcome;
  return element.kind === "rule" && element.chain === "DOCKER-USER" ? element : undefined;
}

function problemOf(
  family: Family,
  blocked: readonly JudgedIntent[],
  { rulesets, containers }: UserFacts,
): Problem {
  const rules = new Map<string, RuleElement>();
  for (const one of blocked) {
    const rule = userRule(one);
    if (rule !== undefined) rules.set(elementKey(rule), rule);
  }
  const elements = [...rules.values()];
  const portsOnly = blocked.every(({ intent }) => intent.kind === "publish");
  const ports = new Set(blocked.map(({ intent }) => JSON.stringify(intent.publishedPort)));
  const tooLate = rulesets.flatMap((ruleset) => hostPortRules(ruleset, containers));
  const titles = blocked.map(({ intent }) => intent.title);
  const severity = tooLate.length > 0 ? "warning" : "info";
  return {
    subject: { kind: "chain", family, table: "filter", chain: "DOCKER-USER" },
    message: portsOnly
      ? `rules close ${ports.size === 1 ? "a published port" : `${ports.size} published ports`} to the outside, which may be meant so`
      : `${elements.length === 1 ? "a rule drops" : "rules drop"} ${titles[0] ?? "containers' packets"}${titles.length > 1 ? ` and ${titles.length - 1} more` : ""}`,
    observed: elements.map(({ text }) => text).join("; "),
    expected: "containers' packets return from DOCKER-USER",
    ...(portsOnly ? { severity } : {}),
    evidence: [
      ...elements.map((element) => elementEvidence(element, rulesets)),
      ...tooLate.map(({ text }) => ({
        source: elementEvidence(elements[0] ?? noRule, rulesets).source,
        text: `${text} — names the host's port; after DNAT the packet has the container's`,
      })),
    ],
    intents: blocked.map(({ intent }) => intent.id),
    remedy: {
      summary: "Take the rule out of DOCKER-USER, or narrow it",
      commands: deletions(family, elements),
      persistent: [
        "accept answers first: iptables -I DOCKER-USER -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "match the host's port by -m conntrack --ctorigdstport <port> --ctdir ORIGINAL",
        "change the file or script that adds the rule",
      ],
    },
  };
}

const noRule: Element = { kind: "not-modelled", text: "" };

/** From the last rule to the first, so that no deletion moves what a later command names by its number. */
function deletions(family: Family, elements: readonly RuleElement[]): readonly string[] {
  return [...elements]
    .sort((a, b) => b.ruleNumber - a.ruleNumber)
    .map((element) => deletion(family, element));
}

/** `iptables -D` with the rule's own words where they are plain; a comment may hold anything, then by number. */
function deletion(family: Family, { text, ruleNumber, backend }: RuleElement): string {
  const name = family === "ipv4" ? "iptables" : "ip6tables";
  const tool = backend === "legacy" ? `${name}-legacy` : name;
  const rule = text.slice("-A DOCKER-USER ".length);
  return /^[\w ./:,!+-]+$/.test(rule)
    ? `${tool} -D DOCKER-USER ${rule}`
    : `${tool} -D DOCKER-USER ${ruleNumber}`;
}

type UserFacts = Pick<Facts, "rulesets" | "containers" | "dockerNetworks">;

/** Rules of DOCKER-USER that name a published host port which is no container's port. */
function hostPortRules(
  { tables }: Ruleset,
  containers: readonly Container[],
): readonly IptablesRule[] {
  const published = containers.flatMap(({ publishedPorts }) => publishedPorts);
  const inside = new Set(published.map(({ containerPort }) => containerPort));
  const outside = new Set(
    published.map(({ hostBinding }) => hostBinding.hostPort).filter((port) => !inside.has(port)),
  );
  return tables
    .filter(({ name }) => name === "filter")
    .flatMap(({ chains }) => chains.filter(({ name }) => name === "DOCKER-USER"))
    .flatMap(({ rules }) => rules)
    .filter(({ matches }) =>
      matches.some(
        (match) =>
          match.kind === "destination-port" &&
          match.ports.from === match.ports.to &&
          outside.has(match.ports.from),
      ),
    );
}

/** Rules that stop nobody, and were meant to: after DNAT no packet has the host's port any more. */
function idleProblem(family: Family, facts: UserFacts): readonly Problem[] {
  const bridges = new Set(facts.dockerNetworks.flatMap(({ bridge }) => bridge ?? []));
  const found = facts.rulesets
    .filter((ruleset) => ruleset.family === family)
    .flatMap((ruleset) =>
      hostPortRules(ruleset, facts.containers)
        .filter((rule) => isForIncoming(rule, bridges))
        .map((rule) => ({ rule, source: ruleset.source })),
    );
  if (found.length === 0) return [];
  const texts = found.map(({ rule }) => rule.text);
  return [
    {
      subject: { kind: "chain", family, table: "filter", chain: "DOCKER-USER" },
      message: `${found.length === 1 ? "a rule names" : `${found.length} rules name`} a published port of the host, which no packet has here any more`,
      observed: texts.join("; "),
      expected: "the container's port, or the port of before the translation",
      severity: found.some(({ rule }) => isMeantToClose(rule)) ? "warning" : "info",
      evidence: found.map(({ rule, source }) => ({
        source,
        text: `${rule.text} — names the host's port; after DNAT the packet has the container's`,
      })),
      remedy: {
        summary: "Match the port of before the translation",
        commands: [],
        persistent: [
          "-m conntrack --ctorigdstport <port> --ctdir ORIGINAL in place of --dport <port>",
        ],
      },
    },
  ];
}

/** Not what containers send: to a port of that number outside it may well be about. */
function isForIncoming({ matches }: IptablesRule, bridges: ReadonlySet<string>): boolean {
  return !matches.some(
    (match) =>
      match.kind === "out-interface" ||
      (match.kind === "source" && !match.inverted) ||
      (match.kind === "in-interface" &&
        (match.inverted || match.name.endsWith("+") || bridges.has(match.name))),
  );
}

/** Closes a port to who comes by a link: there is nothing else that it could be for. */
function isMeantToClose({ matches, target }: IptablesRule): boolean {
  const drops =
    target.kind === "reject" || (target.kind === "verdict" && target.verdict === "DROP");
  return drops && matches.some(({ kind }) => kind === "in-interface");
}

function hasUserChain({ tables }: Ruleset): boolean {
  return tables.some(({ chains }) => chains.some(({ name }) => name === "DOCKER-USER"));
}
