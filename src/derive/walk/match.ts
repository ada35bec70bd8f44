import type { IptablesTable, Match } from "../../model/netfilter.ts";
import { addressTypeMatches } from "./address-type.ts";
import type { Fib } from "./fib.ts";
import type { InFlight } from "./in-flight.ts";
import { type CompiledIpSets, setTest } from "./ipset.ts";
import { maskTest, prefixTest, rangeTest } from "./match-address.ts";
import { type Answer, inverting, type Test, unsure } from "./match-answer.ts";
import {
  connmarkTest,
  ctAddressTest,
  ctPortTest,
  ctProtocolTest,
  ctStateTest,
  ctStatusTest,
  ofConnection,
  trackingOf,
} from "./match-conntrack.ts";
import { extensionTest } from "./match-extension.ts";
import {
  hopLimitTest,
  icmpTypeTest,
  inRange,
  isProtocol,
  multiportTest,
  tcpFlagsTest,
  vniTest,
} from "./match-header.ts";

export type { Answer, Test } from "./match-answer.ts";

/** Where the rules stand. */
export interface MatchPlace {
  readonly fib: Fib;
  readonly table: IptablesTable;
  /** Bridges whose frames iptables may see. */
  readonly bridges: ReadonlySet<string>;
  /** Sets of ipset that rules ask. */
  readonly sets?: CompiledIpSets;
}

/** Compiles the matches of a rule. Addresses become words once, not once a packet. */
export function compileMatches(matches: readonly Match[], place: MatchPlace): readonly Test[] {
  const tests = matches.map((match) => compileMatch(match, place));
  const states = matches.some(({ kind }) => kind === "ct-state");
  const others = matches.some(({ kind }) => connectionWords.includes(kind));
  // One `-m conntrack` with both holds of a packet without a connection where its states do (xt_conntrack); two modules do not.
  const mixed: Test = (flight) => (trackingOf(flight, place.table) === "tracked" ? true : "unsure");
  if (!states || !others) return tests;
  const plain = tests.filter((_, at) => !connectionWords.includes(matches[at]?.kind ?? "comment"));
  const both: Test = (flight) =>
    mixed(flight) === true ? allHold(tests, flight) : allHold([...plain, mixed], flight);
  return [both];
}

const connectionWords: readonly Match["kind"][] = [
  "ct-status",
  "ct-direction",
  "ct-protocol",
  "ct-address",
  "ct-port",
];

function compileMatch(match: Match, { fib, table, bridges, sets }: MatchPlace): Test {
  switch (match.kind) {
    case "comment":
      return () => true;
    case "source":
      return inverting(match.inverted, prefixTest(match.prefix, "sourceWords"));
    case "destination":
      return inverting(match.inverted, prefixTest(match.prefix, "destinationWords"));
    case "source-mask":
      return inverting(match.inverted, maskTest(match, "sourceWords"));
    case "destination-mask":
      return inverting(match.inverted, maskTest(match, "destinationWords"));
    case "in-interface":
      return inverting(match.inverted, (flight) => linkMatches(match.name, flight.inLink));
    case "out-interface":
      return inverting(match.inverted, (flight) => linkMatches(match.name, flight.outLink));
    case "protocol":
      return inverting(match.inverted, ({ packet }) => isProtocol(match.protocol, packet));
    case "fragment":
      return inverting(match.inverted, () => false);
    case "source-port":
      return inverting(match.inverted, ({ packet }) =>
        inRange(packet.sourcePort, match.ports, packet),
      );
    case "destination-port":
      return inverting(match.inverted, ({ packet }) =>
        inRange(packet.destinationPort, match.ports, packet),
      );
    case "multiport":
      return inverting(match.inverted, multiportTest(match.side, match.ports));
    case "tcp-flags":
      return inverting(match.inverted, tcpFlagsTest(match.mask, match.set));
    case "icmp-type":
      return inverting(match.inverted, icmpTypeTest(match));
    case "ct-state":
      return ctStateTest(match, table);
    case "ct-status":
      return ofConnection({ table, inverted: match.inverted }, ctStatusTest(match.statuses));
    case "ct-direction":
      return ofConnection(
        { table, inverted: match.inverted },
        ({ packet }) => packet.ctDirection === match.direction,
      );
    case "ct-protocol":
      return ofConnection({ table, inverted: match.inverted }, ctProtocolTest(match.protocol));
    case "ct-address":
      return ofConnection({ table, inverted: match.inverted }, ctAddressTest(match));
    case "ct-port":
      return ofConnection({ table, inverted: match.inverted }, ctPortTest(match));
    case "connmark":
      return ofConnection({ table, inverted: match.inverted }, connmarkTest(match));
    case "address-type":
      return inverting(match.inverted, (flight) => addressTypeMatches(match, flight, fib));
    case "mark":
      return inverting(match.inverted, ({ mark }) =>
        mark === undefined ? "unsure" : (mark & match.mask) >>> 0 === match.value,
      );
    case "ip-range":
      return inverting(match.inverted, rangeTest(match));
    case "u32":
      return inverting(match.inverted, vniTest(match.expression));
    case "policy":
      // docknet's packets are plain; what IPsec decapsulated is `ipsec`.
      return () => match.policy === "none";
    case "routing-header":
      // docknet's packets have none; the kernel's rt match is a no without one, whatever is inverted (net/ipv6/netfilter/ip6t_rt.c).
      return () => false;
    case "hop-limit":
      return inverting(match.inverted, hopLimitTest(match));
    case "limit":
      return unsure;
    case "unrecognised":
      return match.extension === undefined ? unsure : extensionTest(match.extension, bridges);
    case "set":
      return setTest(match, sets);
  }
}

/** Conjunction: one certain no is a no, whatever the rest is. */
export function allHold(tests: readonly Test[], flight: InFlight): Answer {
  let answer: Answer = true;
  for (const test of tests) {
    const one = test(flight);
    if (one === false) return false;
    if (one === "unsure") answer = "unsure";
  }
  return answer;
}

/** iptables(8): a name that ends in `+` matches any link whose name begins so. */
export function linkMatches(pattern: string, ifname: string | undefined): boolean {
  if (ifname === undefined) return false;
  return pattern.endsWith("+") ? ifname.startsWith(pattern.slice(0, -1)) : pattern === ifname;
}
