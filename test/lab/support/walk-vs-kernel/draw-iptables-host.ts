import type { Draw } from "./draw.ts";
import { setPieces } from "./draw-ipsets.ts";
import { type Hook, type MatchPiece, matchPieces, type Place } from "./draw-matches.ts";
import type { Family, Network } from "./draw-network.ts";
import { type TargetPiece, targetPieces } from "./draw-targets.ts";
import type { DrawnRuleset } from "./drawn-host.ts";

const hooksOf: Readonly<Record<string, readonly Hook[]>> = {
  raw: ["PREROUTING", "OUTPUT"],
  mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
  filter: ["INPUT", "FORWARD", "OUTPUT"],
  security: ["INPUT", "FORWARD", "OUTPUT"],
};

const tablePercent = { raw: 35, mangle: 50, nat: 75, filter: 90, security: 20 } as const;

export interface RulesetPlan {
  readonly backend: "nft" | "legacy";
  readonly family: Family;
  readonly network: Network;
  /** Matches and targets that cannot be told are drawn too. */
  readonly unsure: boolean;
  /** Sets of ipset are there to be asked. */
  readonly sets: boolean;
}

/** A ruleset of iptables: in each chain a few rules, some of which call chains of their own. */
export function drawRuleset(draw: Draw, plan: RulesetPlan): DrawnRuleset {
  const names = ["raw", "mangle", "nat", "filter", "security"] as const;
  const tables = names.filter((name) => draw.chance(tablePercent[name]));
  for (const name of tables) draw.uses(`table ${name}`);
  return {
    backend: plan.backend,
    family: plan.family,
    tables: tables.map((name) => ({ name, lines: tableLines(draw, name, plan) })),
  };
}

function tableLines(draw: Draw, table: string, plan: RulesetPlan): readonly string[] {
  const hooks = hooksOf[table] ?? [];
  // A chain of one's own is called from one hook only, so that its matches fit.
  const callers = hooks.filter((hook) => draw.chance(hook === "OUTPUT" ? 25 : 55));
  const lines = hooks.map((hook) => `:${hook} ${policyOf(draw, table)} [0:0]`);
  for (const hook of callers) lines.push(`:${called(hook)} - [0:0]`, `:${called(hook)}-2 - [0:0]`);
  for (const hook of hooks) {
    const place: Place = { family: plan.family, network: plan.network, table, hooks: [hook] };
    const calls = callers.includes(hook);
    const count = table === "filter" ? 2 + draw.below(6) : draw.below(4);
    const rules = Array.from({ length: hook === "OUTPUT" ? draw.below(4) : count }, () =>
      ruleOf(draw, place, plan),
    );
    const jumps = calls ? [callOf(draw, place, { plan, chain: called(hook) })] : [];
    lines.push(...shuffled(draw, [...rules, ...jumps]).map((rule) => `-A ${hook} ${rule}`));
    if (!calls) continue;
    const inner = Array.from({ length: 1 + draw.below(4) }, () => ruleOf(draw, place, plan));
    const second = [...inner, callOf(draw, place, { plan, chain: `${called(hook)}-2` })];
    lines.push(...shuffled(draw, second).map((rule) => `-A ${called(hook)} ${rule}`));
    const last = Array.from({ length: draw.below(4) }, () => ruleOf(draw, place, plan));
    lines.push(...last.map((rule) => `-A ${called(hook)}-2 ${rule}`));
  }
  return lines;
}

function called(hook: Hook): string {
  return `from-${hook.toLowerCase()}`;
}

function policyOf(draw: Draw, table: string): string {
  if (table !== "filter" || !draw.chance(25)) return "ACCEPT";
  draw.uses("policy DROP");
  return "DROP";
}

function callOf(
  draw: Draw,
  place: Place,
  so: { readonly plan: RulesetPlan; readonly chain: string },
): string {
  const goes = draw.chance(20);
  draw.uses(goes ? "target goto" : "target jump");
  const matches = draw.chance(70) ? [] : matchesOf(draw, place, { plan: so.plan, count: 1 }).texts;
  return [...matches, goes ? `-g ${so.chain}` : `-j ${so.chain}`].join(" ");
}

/** A rule with one to three matches and a target; in nat tables mostly a translation. */
function ruleOf(draw: Draw, place: Place, plan: RulesetPlan): string {
  const target = targetOf(draw, place, plan);
  const deciding = target.weight > 0 && place.table !== "nat";
  const { texts, protocol } = matchesOf(draw, place, {
    plan,
    count: deciding ? 1 + draw.below(3) : draw.below(3),
    ...(target.protocol === undefined ? {} : { protocol: target.protocol }),
  });
  draw.uses(target.feature);
  const lead =
    target.protocol !== undefined && protocol === undefined ? [`-p ${target.protocol}`] : [];
  return [...lead, ...texts, target.text(draw, place)].filter((word) => word !== "").join(" ");
}

function targetOf(draw: Draw, { table, hooks }: Place, { unsure }: RulesetPlan): TargetPiece {
  const fitting = targetPieces.filter(
    (piece) =>
      (piece.tables ?? [table]).includes(table) &&
      hooks.every((hook) => (piece.hooks ?? hooks).includes(hook)) &&
      (unsure || piece.unsure !== true),
  );
  const weights = fitting.map(({ weight }) => weight);
  let at = draw.below(weights.reduce((sum, weight) => sum + weight, 0));
  for (const piece of fitting) {
    at -= piece.weight;
    if (at < 0) return piece;
  }
  throw new Error("no target fits");
}

interface MatchPlan {
  readonly plan: RulesetPlan;
  readonly count: number;
  readonly protocol?: string;
}

function matchesOf(
  draw: Draw,
  place: Place,
  so: MatchPlan,
): { readonly texts: readonly string[]; readonly protocol?: string } {
  const texts: string[] = [];
  const modules = new Set<string>();
  let protocol = so.protocol;
  let named = so.protocol !== undefined;
  if (protocol !== undefined) texts.push(`-p ${protocol}`);
  for (let at = 0; at < so.count; at += 1) {
    const piece = draw.pick(so.plan.sets && draw.chance(20) ? setPieces : matchPieces);
    if (!fits(piece, place, so.plan)) continue;
    if (piece.protocol !== undefined && named && piece.protocol !== protocol) continue;
    const text = piece.text(draw, place);
    const isProtocol = piece.feature === "match protocol";
    const module = isProtocol
      ? "-p"
      : text
          .replace("! ", "")
          .split(" ")
          .slice(0, text.startsWith("-m") ? 2 : 1)
          .join(" ");
    if (modules.has(module) || (isProtocol && named)) continue;
    modules.add(module);
    draw.uses(piece.feature);
    if (piece.protocol !== undefined && !named)
      texts.unshift(`-p ${nameOf(piece.protocol, place.family)}`);
    if (piece.protocol !== undefined) protocol = piece.protocol;
    named ||= piece.protocol !== undefined || isProtocol;
    texts.push(text);
  }
  return { texts, ...(protocol === undefined ? {} : { protocol }) };
}

function nameOf(protocol: string, family: Family): string {
  return protocol === "icmp" && family === "ipv6" ? "ipv6-icmp" : protocol;
}

function fits(
  piece: MatchPiece,
  { family, hooks, table }: Place,
  { unsure }: RulesetPlan,
): boolean {
  return (
    (piece.family ?? family) === family &&
    (unsure || piece.unsure !== true) &&
    (piece.tables ?? [table]).includes(table) &&
    hooks.every((hook) => (piece.hooks ?? hooks).includes(hook))
  );
}

function shuffled<T>(draw: Draw, from: readonly T[]): readonly T[] {
  const rest = [...from];
  const result: T[] = [];
  while (rest.length > 0) result.push(...rest.splice(draw.below(rest.length), 1));
  return result;
}
