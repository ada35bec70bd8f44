import { unparsable } from "../../model/failure.ts";
import type { Link } from "../../model/link.ts";
import type { Neighbour, Route, RoutingRule } from "../../model/route.ts";
import type { LinkSettings } from "../../model/sysctl.ts";
import { parseIpAddr } from "../ip-addr.ts";
import { parseIpNetconf } from "../ip-netconf.ts";
import { parseIpRoute } from "../ip-route.ts";
import { ipRuleParser } from "../ip-rule.ts";
import { type Parsed, type Parser, parsed } from "../parsed.ts";
import { linesOf } from "../support/lines.ts";
import { parseIpNeigh } from "./ip-neigh.ts";

/** What `ip -batch` tells about a network namespace in one process. */
export interface IpBatch {
  readonly links: readonly Link[];
  /** Of both families. */
  readonly routes: readonly Route[];
  /** Of IPv4. */
  readonly rules: readonly RoutingRule[];
  readonly neighbours: readonly Neighbour[];
  readonly settings: readonly LinkSettings[];
}

/**
 * `ip -j -d -b -` with the lines addr, route show table all, rule, neigh and netconf: iproute2 ends each answer with a line break and
 * puts nothing between them. An answer that is missing would make the next one pass for it: their number must be right.
 */
export function parseIpBatch(text: string): Parsed<IpBatch> {
  const answers = linesOf(text);
  if (answers.length !== 5) {
    const found = `found ${answers.length} answers where 5 questions were asked`;
    return { ok: false, failure: unparsable(found) };
  }
  const [links, routes, rules, neighbours, settings] = answers.map(({ text: line }) => line);
  const read = {
    links: numbered(1, links, parseIpAddr),
    routes: numbered(2, routes, (line) => parseIpRoute(line)),
    rules: numbered(3, rules, ipRuleParser("ipv4")),
    neighbours: numbered(4, neighbours, parseIpNeigh),
    settings: numbered(5, settings, parseIpNetconf),
  };
  if (!read.links.ok) return read.links;
  if (!read.routes.ok) return read.routes;
  if (!read.rules.ok) return read.rules;
  if (!read.neighbours.ok) return read.neighbours;
  if (!read.settings.ok) return read.settings;
  return parsed(
    {
      links: read.links.value,
      routes: read.routes.value,
      rules: read.rules.value,
      neighbours: read.neighbours.value,
      settings: read.settings.value,
    },
    Object.values(read).flatMap((each) => (each.ok ? each.ignored : [])),
  );
}

/** Each answer is one line: what the parser says about line 1 is about that one. */
function numbered<T>(line: number, text: string | undefined, parser: Parser<T>): Parsed<T> {
  const result = parser(text ?? "");
  if (!result.ok) return { ok: false, failure: unparsable(result.failure.message, line) };
  return { ...result, ignored: result.ignored.map((each) => ({ ...each, line })) };
}
