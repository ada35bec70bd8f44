import type { Match, PortRange } from "../../model/netfilter.ts";
import { plainAddress } from "./addresses.ts";
import { conntrackMatches, stateMatches } from "./conntrack-matches.ts";
import { eachOption, type Typed } from "./each-option.ts";
import { maskedValue, portRange } from "./numbers.ts";
import { type Option, optionsOf } from "./options.ts";
import { hopLimitMatches, limitMatches, routingHeaderMatches } from "./rate-and-header-matches.ts";

type ModuleMatches = (options: readonly Option[], module: string) => Typed;

/** `words` is `-m NAME` with its options, unquoted. */
export function moduleMatches(words: readonly string[]): Typed {
  const module = words[1] ?? "";
  const typed = MODULES.get(module);
  const options = optionsOf(words, 2);
  if (typed === undefined || options === undefined) return undefined;
  if (options.length > 0) {
    const matches = typed(options, module);
    return matches?.length === 0 ? undefined : matches;
  }
  return typed === tcpMatches || typed === portMatches ? anyPort(module) : icmpWithout(module);
}

/** `-p tcp -m tcp` says no more than `-p tcp`: any port will do. */
function anyPort(module: string): Typed {
  const ports = { from: 0, to: 65535 };
  return [{ kind: "destination-port", inverted: false, module, ports }];
}

/** `-p icmp -m icmp` says no more than `-p icmp`. Other modules have to say something. */
function icmpWithout(module: string): Typed {
  return module === "icmp" || module === "icmp6" ? [] : undefined;
}

const MODULES: ReadonlyMap<string, ModuleMatches> = new Map([
  ["tcp", tcpMatches],
  ["udp", portMatches],
  ["udplite", portMatches],
  ["sctp", portMatches],
  ["dccp", portMatches],
  ["multiport", multiportMatches],
  ["icmp", icmpMatches],
  ["icmp6", icmpMatches],
  ["conntrack", conntrackMatches],
  ["state", stateMatches],
  ["addrtype", addressTypeMatches],
  ["mark", markMatches],
  ["connmark", markMatches],
  ["set", setMatches],
  ["iprange", ipRangeMatches],
  ["u32", u32Matches],
  ["policy", policyMatches],
  ["limit", limitMatches],
  ["hl", hopLimitMatches],
  ["ttl", hopLimitMatches],
  ["rt", routingHeaderMatches],
  ["comment", commentMatches],
]);

function tcpMatches(options: readonly Option[], module: string): Typed {
  const matches: Match[] = [];
  for (const option of options) {
    const match = option.name === "--tcp-flags" ? tcpFlags(option) : tcpOption(option, module);
    if (match === undefined) return undefined;
    matches.push(match);
  }
  return matches;
}

function tcpOption(option: Option, module: string): Match | undefined {
  const { name, inverted, values } = option;
  if (name !== "--syn") return portMatches([option], module)?.[0];
  if (values.length > 0) return undefined;
  return { kind: "tcp-flags", inverted, mask: ["FIN", "SYN", "RST", "ACK"], set: ["SYN"] };
}

function tcpFlags(option: Option): Match | undefined {
  const [mask, set, ...others] = option.values;
  if (mask === undefined || set === undefined || others.length > 0) return undefined;
  return { kind: "tcp-flags", inverted: option.inverted, mask: flags(mask), set: flags(set) };
}

function flags(text: string): readonly string[] {
  if (text === "NONE") return [];
  return text === "ALL" ? ["FIN", "SYN", "RST", "PSH", "ACK", "URG"] : text.split(",");
}

function portMatches(options: readonly Option[], module: string): Typed {
  return eachOption(options, ({ name, inverted }, value) => {
    const ports = portRange(value);
    if (ports === undefined) return undefined;
    if (name === "--sport") return { kind: "source-port", inverted, module, ports };
    return name === "--dport" ? { kind: "destination-port", inverted, module, ports } : undefined;
  });
}

const MULTIPORT_SIDES = new Map<string, "source" | "destination" | "either">([
  ["--sports", "source"],
  ["--dports", "destination"],
  ["--ports", "either"],
]);

function multiportMatches(options: readonly Option[]): Typed {
  return eachOption(options, ({ name, inverted }, value) => {
    const side = MULTIPORT_SIDES.get(name);
    const ports = portList(value);
    if (side === undefined || ports === undefined) return undefined;
    return { kind: "multiport", inverted, side, ports };
  });
}

function portList(text: string): readonly PortRange[] | undefined {
  const ports: PortRange[] = [];
  for (const part of text.split(",")) {
    const range = portRange(part);
    if (range === undefined) return undefined;
    ports.push(range);
  }
  return ports;
}

function icmpMatches(options: readonly Option[]): Typed {
  return eachOption(options, ({ name, inverted }, icmpType) => {
    const known = name === "--icmp-type" || name === "--icmpv6-type";
    return known && icmpType !== "" ? { kind: "icmp-type", inverted, icmpType } : undefined;
  });
}

function addressTypeMatches(options: readonly Option[]): Typed {
  const limits = options.filter(({ name }) => name.startsWith("--limit-iface-"));
  const [limit, ...others] = limits;
  if (others.length > 0 || limit?.inverted || (limit?.values.length ?? 0) > 0) return undefined;
  const limitInterface = limit?.name.endsWith("-in") ? "in" : "out";
  const limited = limit === undefined ? {} : ({ limitInterface } as const);
  return eachOption(
    options.filter((option) => option !== limit),
    ({ name, inverted }, value) => {
      const side = TYPE_SIDES.get(name);
      if (side === undefined || value === "") return undefined;
      return { kind: "address-type", inverted, side, types: value.split(","), ...limited };
    },
  );
}

const TYPE_SIDES = new Map<string, "source" | "destination">([
  ["--src-type", "source"],
  ["--dst-type", "destination"],
]);

function markMatches(options: readonly Option[], module: string): Typed {
  const kind = module === "mark" ? "mark" : "connmark";
  return eachOption(options, ({ name, inverted }, text) => {
    const marked = name === "--mark" ? maskedValue(text) : undefined;
    return marked && { kind, inverted, value: marked.value, mask: marked.mask };
  });
}

/** One set without further conditions; `--return-nomatch`, counters and the like are not typed. */
function setMatches(options: readonly Option[]): Typed {
  if (options.length > 1) return undefined;
  return options.flatMap(({ name, inverted, values }) => {
    const [setName, directions, ...rest] = values;
    if (name !== "--match-set" || setName === undefined || directions === undefined) return [];
    if (rest.length > 0) return [];
    return [{ kind: "set", inverted, setName, directions: directions.split(",") }];
  });
}

function ipRangeMatches(options: readonly Option[]): Typed {
  return eachOption(options, ({ name, inverted }, value) => {
    const side = RANGE_SIDES.get(name);
    const dash = value.indexOf("-");
    const from = plainAddress(dash < 0 ? value : value.slice(0, dash));
    const to = dash < 0 ? from : plainAddress(value.slice(dash + 1));
    if (side === undefined || from === undefined || to === undefined) return undefined;
    return { kind: "ip-range", inverted, side, from, to };
  });
}

const RANGE_SIDES = new Map<string, "source" | "destination">([
  ["--src-range", "source"],
  ["--dst-range", "destination"],
]);

function u32Matches(options: readonly Option[]): Typed {
  return eachOption(options, ({ name, inverted }, expression) =>
    name === "--u32" && expression !== "" ? { kind: "u32", inverted, expression } : undefined,
  );
}

/** Exactly `--dir in|out --pol ipsec|none`: more would narrow the states that match. */
function policyMatches(options: readonly Option[]): Typed {
  const [dir, pol, ...others] = options.map(optionText);
  if (others.length > 0 || (dir !== "--dir in" && dir !== "--dir out")) return undefined;
  if (pol !== "--pol ipsec" && pol !== "--pol none") return undefined;
  return [
    {
      kind: "policy",
      direction: dir === "--dir in" ? "in" : "out",
      policy: pol === "--pol ipsec" ? "ipsec" : "none",
    },
  ];
}

function optionText({ name, inverted, values }: Option): string {
  return [...(inverted ? ["!"] : []), name, ...values].join(" ");
}

function commentMatches(options: readonly Option[]): Typed {
  return eachOption(options, ({ name, inverted, values }, text) =>
    name === "--comment" && !inverted && values.length === 1
      ? { kind: "comment", text }
      : undefined,
  );
}
