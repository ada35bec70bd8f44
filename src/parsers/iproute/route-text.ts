import type { IgnoredLine } from "../../model/facts.ts";
import type { Failure } from "../../model/failure.ts";
import { type Line, linesOf } from "../support/lines.ts";
import {
  oddLine,
  type ReadWords,
  readWords,
  sameKeys,
  type TextEntry,
  unknownWords,
  type WordMeanings,
  wordsOf,
} from "../support/text-entries.ts";

type Fields = Readonly<Record<string, unknown>>;

export type RouteTexts =
  | {
      readonly ok: true;
      readonly entries: readonly TextEntry[];
      readonly ignored: readonly IgnoredLine[];
    }
  | { readonly ok: false; readonly failure: Failure };

/** A route while its next hops are read. */
interface OpenRoute {
  readonly line: number;
  readonly fields: Fields;
  readonly nextHops: Fields[];
}

/** Routes of `ip route` as iproute2 prints them for people, with the keys of `ip -j route`. Next hops stand on lines of their own. */
export function routeTexts(text: string): RouteTexts {
  const routes: OpenRoute[] = [];
  const ignored: IgnoredLine[] = [];
  for (const line of linesOf(text)) {
    const isFurther = /^\s/.test(line.text);
    const open = isFurther ? routes.at(-1) : undefined;
    const read = open === undefined ? readRoute(line, routes) : readFurther(line, open);
    if (read === undefined) return { ok: false, failure: oddLine(line, "a route") };
    if (read.unknown.length > 0) {
      ignored.push({ line: line.number, text: line.text, reason: unknownWords(read.unknown) });
    }
  }
  return { ok: true, entries: routes.map(closeRoute), ignored };
}

const types: ReadonlySet<string> = new Set([
  "unicast",
  "local",
  "broadcast",
  "multicast",
  "anycast",
  "blackhole",
  "unreachable",
  "prohibit",
  "throw",
  "nat",
  "xresolve",
]);

const hopTexts = [
  ["via", "gateway"],
  ["dev", "dev"],
] as const;

const hopFlags = [
  "onlink",
  "linkdown",
  "dead",
  "pervasive",
  "offload",
  "offload_failed",
  "trap",
  "rt_offload",
  "rt_trap",
  "rt_offload_failed",
  "unresolved",
  "notify",
];

/** Words of the route's metrics that docknet does not model. */
const metricWords = [
  "advmss",
  "hoplimit",
  "rtt",
  "rttvar",
  "cwnd",
  "window",
  "ssthresh",
  "reordering",
  "initcwnd",
  "initrwnd",
  "quickack",
  "rto_min",
  "congctl",
  "features",
  "fastopen_no_cookie",
];

const routeWords: WordMeanings = {
  texts: new Map([
    ...hopTexts,
    ...sameKeys("table", "scope", "from", "tos", "pref", "encap"),
    ...sameKeys("realm", "realms", "expires", "error", "users", "age", "used", ...metricWords),
    // Of `ip route get`.
    ...sameKeys("uid", "mark", "iif"),
    ["dsfield", "tos"],
    ["proto", "protocol"],
    ["src", "prefsrc"],
  ]),
  numbers: sameKeys("metric", "nhid", "mtu"),
  flags: new Set(hopFlags),
};

const hopWords: WordMeanings = {
  texts: new Map([...hopTexts, ...sameKeys("encap", "realm", "realms")]),
  numbers: sameKeys("weight"),
  flags: new Set(hopFlags),
};

function readRoute(line: Line, routes: OpenRoute[]): ReadWords | undefined {
  const words = routeWordsOf(line.text);
  const [first = ""] = words;
  const type = types.has(first) ? first : undefined;
  const [dst, ...rest] = type === undefined ? words : words.slice(1);
  if (dst === undefined || !/^default$|^[0-9a-f.:]+(?:\/\d+)?$/i.test(dst)) return undefined;
  const read = readWords(withoutEncapsulation(rest), routeWords);
  const { mtu, gateway, ...others } = read.fields;
  routes.push({
    line: line.number,
    nextHops: [],
    fields: {
      ...others,
      dst,
      ...(type === undefined ? {} : { type }),
      ...gatewayOf(gateway),
      ...(mtu === undefined ? {} : { metrics: [{ mtu }] }),
      flags: read.flags,
    },
  });
  return read;
}

/** `nexthop via … dev … weight 1`, below its route. With -d, `nh_info` says again what nhid stands for. */
function readFurther(line: Line, route: OpenRoute): ReadWords | undefined {
  const [first, ...words] = routeWordsOf(line.text);
  // `ip route get` says below the route what the kernel has cached of it.
  if (first === "nh_info" || first === "cache") return { fields: {}, flags: [], unknown: [] };
  if (first !== "nexthop") return undefined;
  const read = readWords(withoutEncapsulation(words), hopWords);
  const { gateway, ...others } = read.fields;
  route.nextHops.push({ ...others, ...gatewayOf(gateway), flags: read.flags });
  return read;
}

/** `mtu lock 1300` is an MTU, `via inet6 fe80::1` a gateway of the other family. */
function routeWordsOf(text: string): readonly string[] {
  const words = wordsOf(text);
  return words.filter((word, index) => {
    const before = words[index - 1] ?? "";
    if (word === "lock") return !["mtu", ...metricWords].includes(before);
    return before !== "via" || !/^inet6?$/.test(word);
  });
}

/** What encapsulation takes with it has the same words as the route, up to where its next hop begins. */
function withoutEncapsulation(words: readonly string[]): readonly string[] {
  const at = words.indexOf("encap");
  if (at < 0) return words;
  const end = words.findIndex((word, index) => index > at && (word === "via" || word === "dev"));
  const behind = end < 0 ? [] : words.slice(end);
  return [...words.slice(0, at + 2), ...behind];
}

function gatewayOf(gateway: unknown): Fields {
  return gateway === undefined ? {} : { gateway };
}

function closeRoute({ line, fields, nextHops }: OpenRoute): TextEntry {
  return { line, fields: nextHops.length === 0 ? fields : { ...fields, nexthops: nextHops } };
}
