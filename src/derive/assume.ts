import type { Assumption } from "../model/assumption.ts";
import type { BridgePort } from "../model/bridge.ts";
import { type Address, addressWords, familyOf, parsePrefix, prefixOf } from "../model/ip.ts";
import type { Link, LinkAddress } from "../model/link.ts";
import type { IptablesRule, Ruleset } from "../model/netfilter.ts";
import type { Route } from "../model/route.ts";
import { linkSysctlKey } from "../model/sysctl.ts";
import { dockerRuleset, masqueradeRule, rebuiltRulesets } from "./docker-rules.ts";
import { fullPrefix } from "./full-prefix.ts";
import type { JudgedFacts } from "./judged-intents.ts";
import { withPortRules } from "./port-rules.ts";
import { subnetOf } from "./uplinks.ts";

/** The facts as a remedy would leave them. */
export function assume(facts: JudgedFacts, assumptions: readonly Assumption[]): JudgedFacts {
  return assumptions.reduce(assumeOne, facts);
}

function assumeOne(facts: JudgedFacts, assumption: Assumption): JudgedFacts {
  switch (assumption.kind) {
    case "sysctl":
      return withSysctl(facts, assumption);
    case "rule-absent":
      return { ...facts, rulesets: facts.rulesets.map((set) => withoutRule(set, assumption)) };
    case "masquerade-present":
      return { ...facts, rulesets: withMasquerade(facts.rulesets, assumption) };
    case "port-accepted":
      return { ...facts, rulesets: facts.rulesets.map((set) => withPort(set, assumption)) };
    case "docker-rules-rebuilt":
      return { ...facts, rulesets: rebuiltRulesets(facts) };
    case "port-rules-rebuilt":
      return { ...facts, rulesets: withContainerPorts(facts, assumption.container) };
    case "link-up":
      return withPortsOpen(
        withLink(facts, assumption.ifname, (link) => ({
          ...link,
          adminUp: true,
          flags: [...new Set([...link.flags, "UP", "LOWER_UP"])].filter((f) => f !== "NO-CARRIER"),
        })),
        assumption.ifname,
      );
    case "address-present":
      return withLink(facts, assumption.ifname, (link) => ({
        ...link,
        addresses: [...link.addresses, newAddress(assumption)],
      }));
  }
}

type Of<K extends Assumption["kind"]> = Extract<Assumption, { readonly kind: K }>;

/** Writing ip_forward sets the flag of every link (ip-sysctl.rst); that of one link sets its own. */
function withSysctl(facts: JudgedFacts, { key, value }: Of<"sysctl">): JudgedFacts {
  const on = value !== "0";
  const all = key === "net.ipv4.ip_forward" || key === "net.ipv4.conf.all.forwarding";
  const linkSettings = facts.linkSettings.map((settings) => {
    const own = key === linkSysctlKey(settings.family, settings.ifname, "forwarding");
    const applies = own || (all && settings.family === "ipv4");
    return applies ? { ...settings, forwarding: on } : settings;
  });
  const alias = all ? { "net.ipv4.ip_forward": value, "net.ipv4.conf.all.forwarding": value } : {};
  return { ...facts, sysctls: { ...facts.sysctls, [key]: value, ...alias }, linkSettings };
}

function withoutRule(ruleset: Ruleset, rule: Of<"rule-absent">): Ruleset {
  if (ruleset.family !== rule.family || ruleset.backend !== rule.backend) return ruleset;
  return {
    ...ruleset,
    tables: ruleset.tables.map((table) =>
      table.name !== rule.table
        ? table
        : {
            ...table,
            chains: table.chains.map((chain) => {
              if (chain.name !== rule.chain) return chain;
              const at = chain.rules.findIndex(({ text }) => text === rule.text);
              return at < 0 ? chain : { ...chain, rules: chain.rules.toSpliced(at, 1) };
            }),
          },
    ),
  };
}

function withMasquerade(
  rulesets: readonly Ruleset[],
  { family, subnet, bridge }: Of<"masquerade-present">,
): readonly Ruleset[] {
  const own = dockerRuleset(rulesets, family);
  const rule = masqueradeRule(subnet, bridge);
  if (own === undefined || rule === undefined) return rulesets;
  const nat = own.tables.find(({ name }) => name === "nat");
  const chains = nat?.chains ?? [];
  const postrouting = chains.find(({ name }) => name === "POSTROUTING");
  const table = {
    name: "nat" as const,
    chains: [
      ...chains.filter(({ name }) => name !== "POSTROUTING"),
      {
        name: "POSTROUTING",
        policy: postrouting?.policy ?? ("ACCEPT" as const),
        rules: [...(postrouting?.rules ?? []), rule],
      },
    ],
  };
  const rebuilt: Ruleset = {
    ...own,
    tables: [...own.tables.filter(({ name }) => name !== "nat"), table],
  };
  return rulesets.map((ruleset) => (ruleset === own ? rebuilt : ruleset));
}

function withContainerPorts(facts: JudgedFacts, container: string): readonly Ruleset[] {
  const own = (["ipv4", "ipv6"] as const).map((family) => dockerRuleset(facts.rulesets, family));
  return facts.rulesets.map((ruleset) =>
    own.includes(ruleset) ? withPortRules(ruleset, facts, container) : ruleset,
  );
}

function withPort(ruleset: Ruleset, so: Of<"port-accepted">): Ruleset {
  if (ruleset.family !== so.family || ruleset.backend !== so.backend) return ruleset;
  const [prefix] = fullPrefix(so.source);
  if (prefix === undefined) return ruleset;
  const rule: IptablesRule = {
    chain: "INPUT",
    text: `-A INPUT -s ${so.source} -p ${so.protocol} --dport ${so.port} -j ACCEPT`,
    line: 0,
    matches: [
      { kind: "source", inverted: false, prefix },
      { kind: "protocol", inverted: false, protocol: so.protocol },
      {
        kind: "destination-port",
        inverted: false,
        module: so.protocol,
        ports: { from: so.port, to: so.port },
      },
    ],
    target: { kind: "verdict", verdict: "ACCEPT" },
  };
  const tables = ruleset.tables.map((table) =>
    table.name !== "filter"
      ? table
      : {
          ...table,
          chains: table.chains.map((chain) =>
            chain.name === "INPUT" ? { ...chain, rules: [rule, ...chain.rules] } : chain,
          ),
        },
  );
  return { ...ruleset, tables };
}

/** Changes a link; the kernel puts the routes of its addresses back. */
function withLink(facts: JudgedFacts, ifname: string, change: (link: Link) => Link): JudgedFacts {
  const links = facts.links.map((link) => (link.ifname === ifname ? change(link) : link));
  const link = links.find((candidate) => candidate.ifname === ifname);
  if (link === undefined || !link.adminUp) return { ...facts, links };
  const routes = link.addresses.flatMap((address) => addressRoutes(link, address));
  const fresh = routes.filter((route) => !facts.routes.some((old) => sameRoute(old, route)));
  return { ...facts, links, routes: [...facts.routes, ...fresh] };
}

/** A bridge that comes up opens its ports, those that are up themselves (net/bridge/br_stp_if.c, br_stp_enable_bridge). */
function withPortsOpen(facts: JudgedFacts, bridge: string): JudgedFacts {
  if (!facts.bridgePorts.some((port) => port.bridge === bridge && isClosed(port))) return facts;
  const bridgePorts = facts.bridgePorts.map((port) =>
    port.bridge === bridge && isClosed(port) ? { ...port, portState: "forwarding" as const } : port,
  );
  return { ...facts, bridgePorts };
}

function isClosed({ adminUp, portState }: BridgePort): boolean {
  return adminUp && portState === "disabled";
}

/** The local and the connected route that an address brings. */
function addressRoutes(link: Link, own: LinkAddress): readonly Route[] {
  const subnet = subnetOf(own);
  const self = parsePrefix(own.address);
  if (subnet === undefined || self === undefined) return [];
  const base = {
    family: own.family,
    nextHops: [{ outputLink: link.ifname, flags: [] }],
    protocol: "kernel",
    flags: [],
  };
  return [
    { ...base, type: "local", destination: self, routeTable: "local" },
    { ...base, type: "unicast", destination: subnet, routeTable: "main", scope: "link" },
  ];
}

function sameRoute(a: Route, b: Route): boolean {
  return (
    a.type === b.type &&
    a.routeTable === b.routeTable &&
    a.destination.address === b.destination.address &&
    a.destination.length === b.destination.length &&
    a.nextHops[0]?.outputLink === b.nextHops[0]?.outputLink
  );
}

function newAddress(so: { readonly address: Address; readonly prefixLength: number }): LinkAddress {
  const words = addressWords(so.address);
  const prefix = words === undefined ? undefined : prefixOf(words, so.prefixLength);
  return {
    family: familyOf(so.address),
    address: so.address,
    prefixLength: prefix?.length ?? so.prefixLength,
    scope: "global",
    flags: [],
  };
}
