import type { DockerNetwork } from "../model/docker.ts";
import { type Family, parsePrefix, prefixText } from "../model/ip.ts";
import type { Chain, IptablesRule, Match, Ruleset, Table } from "../model/netfilter.ts";
import { acceptRule, portsOf, type RulesFacts, translationRule } from "./port-rules.ts";
import { isMasqueraded, managesRules } from "./promises.ts";
import {
  accept,
  chainOf,
  type DraftRule,
  draft,
  established,
  inLink,
  jump,
  outLink,
  placed,
  returns,
} from "./rule-drafts.ts";

/** Chain names that are Docker's own, in every engine line; DOCKER-USER belongs to the administrator. */
export function isDockerChain(name: string): boolean {
  return name === "DOCKER" || (name.startsWith("DOCKER-") && name !== "DOCKER-USER");
}

/**
 * The rulesets as they stand after dockerd has written its rules anew (`systemctl restart docker`): Docker's chains and jumps in
 * place, the rules of others untouched. What matters to promised packets is made; isolation between bridges is not.
 */
export function rebuiltRulesets(facts: RulesFacts): readonly Ruleset[] {
  return (["ipv4", "ipv6"] as const).reduce(
    (rulesets, family) =>
      managesRules(facts, family) ? rebuildFamily(rulesets, facts, family) : rulesets,
    facts.rulesets,
  );
}

function rebuildFamily(
  rulesets: readonly Ruleset[],
  facts: RulesFacts,
  family: Family,
): readonly Ruleset[] {
  const own = dockerRuleset(rulesets, family);
  if (own === undefined) return rulesets;
  const networks = routedNetworks(facts, family);
  const filter = rebuildFilter(own, networks, facts);
  const nat = rebuildNat(own, networks, facts);
  const rest = own.tables.filter(({ name }) => name !== "filter" && name !== "nat");
  const rebuilt: Ruleset = { ...own, tables: [...rest, filter, nat] };
  return rulesets.map((ruleset) => (ruleset === own ? rebuilt : ruleset));
}

/** The backend that dockerd writes to: where its chains are, else nf_tables, else legacy. */
export function dockerRuleset(rulesets: readonly Ruleset[], family: Family): Ruleset | undefined {
  const own = rulesets.filter((ruleset) => ruleset.family === family);
  const marked = own.find((ruleset) =>
    ruleset.tables.some(({ chains }) => chains.some(({ name }) => isDockerChain(name))),
  );
  const filled = own.find(({ tables }) => tables.length > 0);
  return marked ?? filled ?? own.find(({ backend }) => backend === "nf_tables") ?? own[0];
}

function routedNetworks(facts: RulesFacts, family: Family): readonly DockerNetwork[] {
  return facts.dockerNetworks.filter(
    (network) =>
      network.driver === "bridge" &&
      network.bridge !== undefined &&
      network.ipam.some(({ subnet }) => subnet.family === family),
  );
}

function rebuildFilter(
  ruleset: Ruleset,
  networks: readonly DockerNetwork[],
  facts: RulesFacts,
): Table {
  const old = ruleset.tables.find(({ name }) => name === "filter");
  const modern = facts.dockerDaemon.state === "running" && facts.dockerDaemon.major >= 28;
  const forwarded = networks.flatMap((network) => forwardRules(network));
  const ports = portsOf(facts, ruleset.family);
  const chains: readonly Chain[] = [
    userChain(old),
    chainOf("DOCKER", ports.map(acceptRule)),
    ...(modern
      ? [chainOf("DOCKER-FORWARD", forwarded)]
      : [
          chainOf("DOCKER-ISOLATION-STAGE-1", [draft([], returns)]),
          chainOf("DOCKER-ISOLATION-STAGE-2", [draft([], returns)]),
        ]),
  ];
  const jumps = modern
    ? [jump("DOCKER-USER"), jump("DOCKER-FORWARD")]
    : [jump("DOCKER-USER"), jump("DOCKER-ISOLATION-STAGE-1"), ...forwarded];
  const kept = keptChains(old);
  const builtins = ["INPUT", "FORWARD", "OUTPUT"].map((name): Chain => {
    const chain = kept.find((candidate) => candidate.name === name);
    const rules = chain?.rules.filter(isForeign) ?? [];
    const docker = name === "FORWARD" ? jumps.map((rule) => placed(rule, name)) : [];
    return { name, policy: chain?.policy ?? "ACCEPT", rules: [...docker, ...rules] };
  });
  const others = kept.filter(({ name }) => !builtins.some((chain) => chain.name === name));
  return {
    name: "filter",
    chains: [...builtins, ...others.filter(({ name }) => name !== "DOCKER-USER"), ...chains],
  };
}

/** Per bridge, as 18.09 to 27 order them; 28 and later do the same in DOCKER-FORWARD. */
function forwardRules(network: DockerNetwork): readonly DraftRule[] {
  const bridge = network.bridge ?? "";
  if (network.internal) return [];
  const within = draft(
    [inLink(bridge), outLink(bridge)],
    network.icc ? accept : { kind: "verdict", verdict: "DROP" },
  );
  return [
    draft([outLink(bridge), established], accept),
    draft([outLink(bridge)], { kind: "jump", chain: "DOCKER" }),
    draft([inLink(bridge), { ...outLink(bridge), inverted: true }], accept),
    within,
  ];
}

function rebuildNat(
  ruleset: Ruleset,
  networks: readonly DockerNetwork[],
  facts: RulesFacts,
): Table {
  const old = ruleset.tables.find(({ name }) => name === "nat");
  const kept = keptChains(old);
  const local: Match = {
    kind: "address-type",
    inverted: false,
    side: "destination",
    types: ["LOCAL"],
  };
  const toDocker = draft([local], { kind: "jump", chain: "DOCKER" });
  const masquerades = networks
    .filter((network) => isMasqueraded(facts, network, ruleset.family) && !network.internal)
    .flatMap((network) => masqueradeRules(network, ruleset.family));
  const translations = portsOf(facts, ruleset.family).map(translationRule);
  const added: Readonly<Record<string, readonly DraftRule[]>> = {
    PREROUTING: [toDocker],
    OUTPUT: [toDocker],
    POSTROUTING: masquerades,
  };
  const builtins = ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"].map((name): Chain => {
    const chain = kept.find((candidate) => candidate.name === name);
    const docker = (added[name] ?? []).map((rule) => placed(rule, name));
    return {
      name,
      policy: chain?.policy ?? "ACCEPT",
      rules: [...(chain?.rules.filter(isForeign) ?? []), ...docker],
    };
  });
  const others = kept.filter(({ name }) => !builtins.some((chain) => chain.name === name));
  return { name: "nat", chains: [...builtins, ...others, chainOf("DOCKER", translations)] };
}

/** The rule that Docker writes for a network whose packets leave under the host's address. */
export function masqueradeRule(subnet: string, bridge: string): IptablesRule | undefined {
  const prefix = parsePrefix(subnet);
  if (prefix === undefined) return undefined;
  const matches: readonly Match[] = [
    { kind: "source", inverted: false, prefix },
    { ...outLink(bridge), inverted: true },
  ];
  const text = `-A POSTROUTING -s ${subnet} ! -o ${bridge} -j MASQUERADE`;
  return {
    chain: "POSTROUTING",
    text,
    line: 0,
    matches,
    target: { kind: "masquerade", options: [] },
  };
}

function masqueradeRules(network: DockerNetwork, family: Family): readonly DraftRule[] {
  return network.ipam
    .filter(({ subnet }) => subnet.family === family)
    .flatMap(({ subnet }) => masqueradeRule(prefixText(subnet), network.bridge ?? "") ?? [])
    .map(({ matches, target, text }) => ({ matches, target, text: text.slice(15) }));
}

/** Chains that stay when Docker writes its own anew: built-in ones and those of others, without what is Docker's in them. */
function keptChains(table: Table | undefined): readonly Chain[] {
  return (table?.chains ?? []).filter(({ name }) => !isDockerChain(name));
}

/** Rules that are not Docker's: neither a jump to its chains nor one of the forms that it writes into built-in chains. */
function isForeign({ target, text }: IptablesRule): boolean {
  if (target.kind === "jump" || target.kind === "goto")
    return !isDockerChain(target.chain) && target.chain !== "DOCKER-USER";
  return !dockerForms.some((form) => form.test(text));
}

const dockerForms: readonly RegExp[] = [
  /^-A FORWARD -[io] (?:docker0|docker_gwbridge|br-[0-9a-f]{12}) (?:! -o \S+ |-o \S+ )?(?:-m conntrack --ctstate RELATED,ESTABLISHED )?-j (?:ACCEPT|DROP)$/,
];

function userChain(old: Table | undefined): Chain {
  const own = old?.chains.find(({ name }) => name === "DOCKER-USER");
  return own ?? chainOf("DOCKER-USER", [draft([], returns)]);
}
