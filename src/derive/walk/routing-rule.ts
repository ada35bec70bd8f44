import { type AddressWords, addressWords, type Prefix, wordsMatch } from "../../model/ip.ts";
import type { Packet } from "../../model/packet.ts";
import type { RoutingRule } from "../../model/route.ts";

/** What a route is looked up for. */
export interface Lookup {
  readonly destination: AddressWords;
  /** All zeros while the kernel has not chosen one yet. */
  readonly source: AddressWords;
  /** Absent = a packet of this namespace itself, which the rules see as coming from lo. */
  readonly inLink?: string;
  /** The link that a socket is bound to. */
  readonly outLink?: string;
  readonly mark: number | undefined;
  /** Owner of the socket; absent = not known. */
  readonly uid?: number;
  /** For rules by protocol and ports; absent = not known. */
  readonly packet?: Pick<Packet, "protocol" | "sourcePort" | "destinationPort">;
}

export type RuleAnswer = boolean | "unsure";
export type RuleTest = (lookup: Lookup) => RuleAnswer;

/** Whether a rule is for a packet (fib_rule_match): all selectors hold, or with `not` at least one does not. */
export function compileRule(rule: RoutingRule): RuleTest {
  const tests = [
    ...prefixTests(rule.source, ({ source }) => source),
    ...prefixTests(rule.destination, ({ destination }) => destination),
    ...linkTests(rule),
    ...markTests(rule),
    ...extraTests(rule.unrecognised),
  ];
  // A suppressed group of links hides routes that docknet cannot tell by their group.
  const suppresses = rule.unrecognised.some((text) => text.startsWith("suppress_ifgroup"));
  const is = (holds: boolean): RuleAnswer => (holds && suppresses ? "unsure" : holds);
  return (lookup) => {
    let answer: RuleAnswer = true;
    for (const test of tests) {
      const one = test(lookup);
      if (one === false) return is(rule.inverted);
      if (one === "unsure") answer = "unsure";
    }
    return answer === "unsure" ? "unsure" : is(!rule.inverted);
  };
}

/** A source that is not chosen yet is in no prefix. */
function prefixTests(
  prefix: Prefix | undefined,
  of: (lookup: Lookup) => AddressWords,
): readonly RuleTest[] {
  if (prefix === undefined || prefix.length === 0) return [];
  const base = addressWords(prefix.address);
  return [(lookup) => base !== undefined && wordsMatch(of(lookup), base, prefix.length)];
}

function linkTests({ inLink, outLink }: RoutingRule): readonly RuleTest[] {
  return [
    ...(inLink === undefined ? [] : [(lookup: Lookup) => (lookup.inLink ?? "lo") === inLink]),
    ...(outLink === undefined ? [] : [(lookup: Lookup) => lookup.outLink === outLink]),
  ];
}

function markTests({ mark, markMask = 0xffffffff }: RoutingRule): readonly RuleTest[] {
  if (mark === undefined) return [];
  return [
    (lookup) => (lookup.mark === undefined ? "unsure" : ((lookup.mark ^ mark) & markMask) === 0),
  ];
}

/** Selectors that the parser keeps as text, `key value` with the value as JSON (iproute2, iprule.c). */
function extraTests(texts: readonly string[]): readonly RuleTest[] {
  const extras = new Map(
    texts.map((text) => {
      const space = text.indexOf(" ");
      return space < 0
        ? [text, ""]
        : [text.slice(0, space), text.slice(space + 1).replaceAll('"', "")];
    }),
  );
  return [...extras].flatMap(([key, value]): readonly RuleTest[] => {
    const number = Number(value);
    switch (key) {
      case "ipproto":
        return [({ packet }) => (packet === undefined ? "unsure" : isProtocol(value, packet))];
      case "sport":
      case "dport":
        return [portTest(key, { from: number, to: number })];
      case "sport_start":
        return [portTest("sport", { from: number, to: Number(extras.get("sport_end")) })];
      case "dport_start":
        return [portTest("dport", { from: number, to: Number(extras.get("dport_end")) })];
      case "uid_start": {
        const to = Number(extras.get("uid_end"));
        return [
          (lookup) => {
            // A packet that is forwarded has no owner (INVALID_UID).
            if (lookup.inLink !== undefined) return false;
            return lookup.uid === undefined ? "unsure" : lookup.uid >= number && lookup.uid <= to;
          },
        ];
      }
      case "sport_end":
      case "dport_end":
      case "uid_end":
      case "suppress_ifgroup":
        return [];
      default:
        return [() => "unsure"];
    }
  });
}

const protocolNames: Readonly<Record<string, string>> = {
  "ipv6-icmp": "icmp",
  "1": "icmp",
  "58": "icmp",
  "6": "tcp",
  "17": "udp",
};

function isProtocol(name: string, { protocol }: Pick<Packet, "protocol">): boolean {
  return (protocolNames[name] ?? name) === protocol;
}

function portTest(
  key: "sport" | "dport",
  range: { readonly from: number; readonly to: number },
): RuleTest {
  return ({ packet }) => {
    if (packet === undefined) return "unsure";
    const port = key === "sport" ? packet.sourcePort : packet.destinationPort;
    return port !== undefined && port >= range.from && port <= range.to;
  };
}
