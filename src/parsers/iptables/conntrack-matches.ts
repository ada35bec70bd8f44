import type { CtState, CtStatus, Match } from "../../model/netfilter.ts";
import { maskedAddress, plainAddress } from "./addresses.ts";
import { eachOption, type Typed } from "./each-option.ts";
import { portRange } from "./numbers.ts";
import type { Option } from "./options.ts";
import { protocolName } from "./protocols.ts";

export function conntrackMatches(options: readonly Option[]): Typed {
  return eachOption(options, (option, value) => {
    const { name, inverted } = option;
    switch (name) {
      case "--ctstate":
        return stateMatch("conntrack", inverted, value);
      case "--ctstatus":
        return statusMatch(inverted, value);
      case "--ctproto":
        return value === ""
          ? undefined
          : { kind: "ct-protocol", inverted, protocol: protocolName(value) };
      case "--ctdir":
        return value === "ORIGINAL" || value === "REPLY"
          ? { kind: "ct-direction", inverted, direction: value }
          : undefined;
      default:
        return tupleMatch(option, value);
    }
  });
}

/** `-m state --state`, the older form of `-m conntrack --ctstate`. */
export function stateMatches(options: readonly Option[]): Typed {
  return eachOption(options, ({ name, inverted }, value) =>
    name === "--state" ? stateMatch("state", inverted, value) : undefined,
  );
}

const STATES = new Map<string, CtState>([
  ["NEW", "NEW"],
  ["ESTABLISHED", "ESTABLISHED"],
  ["RELATED", "RELATED"],
  ["INVALID", "INVALID"],
  ["UNTRACKED", "UNTRACKED"],
  ["SNAT", "SNAT"],
  ["DNAT", "DNAT"],
]);

const STATUSES = new Map<string, CtStatus>([
  ["NONE", "NONE"],
  ["EXPECTED", "EXPECTED"],
  ["SEEN_REPLY", "SEEN_REPLY"],
  ["ASSURED", "ASSURED"],
  ["CONFIRMED", "CONFIRMED"],
]);

function stateMatch(
  module: "conntrack" | "state",
  inverted: boolean,
  list: string,
): Match | undefined {
  const states = listOf(STATES, list);
  return states && { kind: "ct-state", inverted, module, states };
}

function statusMatch(inverted: boolean, list: string): Match | undefined {
  const statuses = listOf(STATUSES, list);
  return statuses && { kind: "ct-status", inverted, statuses };
}

function listOf<T>(names: ReadonlyMap<string, T>, list: string): readonly T[] | undefined {
  const values: T[] = [];
  for (const part of list.split(",")) {
    const value = names.get(part);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

interface TupleEnd {
  readonly tuple: "original" | "reply";
  readonly side: "source" | "destination";
}

const TUPLE_ENDS = new Map<string, TupleEnd>([
  ["--ctorigsrc", { tuple: "original", side: "source" }],
  ["--ctorigdst", { tuple: "original", side: "destination" }],
  ["--ctreplsrc", { tuple: "reply", side: "source" }],
  ["--ctrepldst", { tuple: "reply", side: "destination" }],
]);

/** `--ctorigdst` and its kin; with `port` behind it, the port of the same end. */
function tupleMatch({ name, inverted }: Option, value: string): Match | undefined {
  const isPort = name.endsWith("port");
  const end = TUPLE_ENDS.get(isPort ? name.slice(0, -"port".length) : name);
  if (end === undefined) return undefined;
  if (isPort) {
    const ports = portRange(value);
    return ports && { kind: "ct-port", inverted, ...end, ports };
  }
  const address = maskedAddress(value);
  if (address === undefined || !("prefix" in address)) return undefined;
  const { prefix } = address;
  const given = plainAddress(value.split("/", 1).join());
  const typed = { kind: "ct-address", inverted, ...end, prefix } as const;
  return given === undefined || given === prefix.address ? typed : { ...typed, address: given };
}
