import { type DrawnRule, iptablesTables, type Pieces, rulePerPiece } from "./draw-iptables.ts";
import { type Argv, runCommand } from "./run-command.ts";

export interface Iptables {
  readonly backend: "nft" | "legacy";
  readonly family: 4 | 6;
}

/** What drawn rules refer to. */
export const prelude = [4, 6].map(
  (family) =>
    `ipset create set${family} hash:ip family inet${family === 6 ? 6 : ""} timeout 0 counters`,
);

/** Chains that drawn rules jump to. */
export const userChains = ["web", "web-2", "odd.name+1"];

export function dumpOf(rules: readonly DrawnRule[]): string {
  const tables = iptablesTables.map((table) => [
    `*${table}`,
    ...userChains.map((chain) => `:${chain} - [0:0]`),
    ...rules.filter((rule) => rule.table === table).map(({ text }) => text),
    "COMMIT\n",
  ]);
  return tables.flat().join("\n");
}

/**
 * Loads a dump in a namespace of its own and gives what iptables-save says of it, or another program; undefined when iptables does not
 * take it.
 */
export async function savedAs(
  dump: string,
  iptables: Iptables,
  say = `${programOf(iptables)}-save -c`,
): Promise<string | undefined> {
  const script = [...prelude, `${programOf(iptables)}-restore`, say].join(" && ");
  const argv: Argv = ["unshare", "--net", "sh", "-c", script];
  const { code, stdout } = await runCommand(argv, { input: dump });
  return code === 0 ? stdout : undefined;
}

export async function mustSave(dump: string, iptables: Iptables): Promise<string> {
  const saved = await savedAs(dump, iptables);
  if (saved === undefined) throw new Error(`${programOf(iptables)} does not take:\n${dump}`);
  return saved;
}

export function programOf({ backend, family }: Iptables): string {
  return `${family === 6 ? "ip6" : "ip"}tables-${backend}`;
}

/** The pieces that this machine's iptables and kernel take. */
export async function usablePieces(pieces: Pieces, iptables: Iptables): Promise<Pieces> {
  const alone = rulePerPiece(pieces);
  const rules = alone.map(({ rule }) => rule);
  const taken = new Set(await takenRules(rules, iptables));
  const usable = new Set(alone.flatMap(({ piece, rule }) => (taken.has(rule) ? [piece] : [])));
  return {
    family: pieces.family,
    matches: pieces.matches.filter((piece) => usable.has(piece)),
    targets: pieces.targets.filter((piece) => usable.has(piece)),
  };
}

/** The rules that iptables takes; it is asked about halves until it says yes. */
export async function takenRules(
  rules: readonly DrawnRule[],
  iptables: Iptables,
): Promise<readonly DrawnRule[]> {
  if ((await savedAs(dumpOf(rules), iptables)) !== undefined) return rules;
  if (rules.length === 1) return [];
  const middle = Math.ceil(rules.length / 2);
  const before = await takenRules(rules.slice(0, middle), iptables);
  const after = await takenRules(rules.slice(middle), iptables);
  // A rule may be refused beside another one only: a jump brings a match to a hook that it does not take.
  const both = [...before, ...after];
  return (await savedAs(dumpOf(both), iptables)) === undefined ? before : both;
}
