import type { Facts } from "../model/facts.ts";
import { type Address, addressText, addressWords, contains, type Prefix } from "../model/ip.ts";
import type { Chain, IptablesRule, Ruleset } from "../model/netfilter.ts";

type NamingFacts = Pick<Facts, "rulesets" | "dockerNetworks" | "links">;

/** How many clients that rules name are tried beside the neighbour and the far one. */
const mostNamedClients = 12;

/**
 * Clients that the administrator's rules let in by source: a port that these reach is not blocked. Taken from rules that a
 * forwarded packet may meet, those of DOCKER-USER first; a source that is dropped is nobody who is let in.
 */
export function namedClients(facts: NamingFacts): readonly Address[] {
  const subnets = facts.dockerNetworks.flatMap(({ ipam }) => ipam.map(({ subnet }) => subnet));
  const hosts = new Set(
    facts.links.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
  );
  const named = new Set<Address>();
  for (const rule of facts.rulesets.flatMap(forwardingRules)) {
    for (const prefix of sourcesLetIn(rule)) {
      if (named.size >= mostNamedClients) return [...named];
      const client = hostIn(prefix, hosts);
      const isOwn = hosts.has(client) || subnets.some((subnet) => contains(subnet, client));
      if (!isOwn) named.add(client);
    }
  }
  return [...named];
}

function forwardingRules({ tables }: Ruleset): readonly IptablesRule[] {
  const chains = tables
    .filter(({ name }) => name !== "nat")
    .flatMap((table) => table.chains.filter(isMetWhenForwarded));
  const isUser = ({ name }: Chain): boolean => name === "DOCKER-USER";
  return [...chains.filter(isUser), ...chains.filter((chain) => !isUser(chain))].flatMap(
    ({ rules }) => rules,
  );
}

function isMetWhenForwarded({ name }: Chain): boolean {
  return name !== "INPUT" && name !== "OUTPUT";
}

/** `-s X -j ACCEPT` lets X in, and so does `! -s X -j DROP`. Half of all addresses single out nobody. */
function sourcesLetIn({ matches, target }: IptablesRule): readonly Prefix[] {
  const drops =
    target.kind === "reject" || (target.kind === "verdict" && target.verdict === "DROP");
  return matches.flatMap((match) =>
    match.kind === "source" && match.inverted === drops && match.prefix.length >= 8
      ? [match.prefix]
      : [],
  );
}

/** An address of the prefix that a client may have: not the subnet's own, nor one of the host's. */
function hostIn(prefix: Prefix, hosts: ReadonlySet<Address>): Address {
  const words = addressWords(prefix.address) ?? [];
  for (const step of [1, 2, 3]) {
    const next = addressText([...words.slice(0, -1), ((words.at(-1) ?? 0) + step) >>> 0]);
    if (contains(prefix, next) && !hosts.has(next)) return next;
  }
  return prefix.address;
}
