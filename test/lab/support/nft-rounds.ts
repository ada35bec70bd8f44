import fc from "fast-check";
import { nftEntries, withDigits } from "../../support/nft-entries.ts";
import { filledIn } from "./drawn-values.ts";
import { nftActions, nftMatches, nftTables } from "./nft-pieces.ts";
import { type Argv, runCommand } from "./run-command.ts";

/** A rule of native nftables and the chain of the drawn tables that it is in. */
export interface DrawnNftRule {
  readonly chain: string;
  readonly text: string;
}

export const drawnNftRules: fc.Arbitrary<DrawnNftRule> = fc
  .record({
    action: fc.constantFrom(...nftActions),
    matches: fc.uniqueArray(fc.constantFrom(...nftMatches), { maxLength: 2 }),
    values: fc.infiniteStream(fc.noBias(fc.nat())),
  })
  .map(({ action: [chain, text], matches, values }) => ({
    chain,
    text: filledIn([...matches, text].join(" "), { family: 4, values }),
  }));

export function nftTextOf(rules: readonly DrawnNftRule[]): string {
  return nftTables.replaceAll(/<rules ([\w-]+)>/g, (_, chain: string) => {
    const own = rules.filter((rule) => rule.chain === chain);
    return own.map(({ text }) => `\n    ${text}\n`).join("");
  });
}

/** Loads text or JSON in a namespace of its own and gives how nft lists it as JSON; undefined when nft does not take it. */
export async function nftListedAs(input: string): Promise<string | undefined> {
  // nft opens /dev/stdin for JSON, which it cannot where that is a socket: `cat` makes a pipe of it.
  const load = input.startsWith("{") ? "cat | nft -j -f -" : "nft -f -";
  const argv: Argv = ["unshare", "--net", "sh", "-c", `${load} && nft -j list ruleset`];
  const { code, stdout } = await runCommand(argv, { input });
  return code === 0 ? stdout : undefined;
}

/** Rules that nft takes, and whose JSON it takes back itself: what it cannot read of its own print proves nothing. */
export async function takenNftRules(
  rules: readonly DrawnNftRule[],
): Promise<readonly DrawnNftRule[]> {
  const listed = await nftListedAs(nftTextOf(rules));
  const again = listed === undefined ? undefined : await nftListedAs(inLoadingOrder(listed));
  const same = [listed, again].map((json) => JSON.stringify(nftEntries(json ?? EMPTY)));
  if (again !== undefined && same[0] === same[1]) return rules;
  if (rules.length === 1) return [];
  const middle = Math.ceil(rules.length / 2);
  return [
    ...(await takenNftRules(rules.slice(0, middle))),
    ...(await takenNftRules(rules.slice(middle))),
  ];
}

/** nft lists maps before the chains that they jump to, and then does not find them itself. */
export function inLoadingOrder(listed: string): string {
  const { nftables }: { readonly nftables: readonly object[] } = JSON.parse(withDigits(listed));
  const isFirst = (entry: object) => "metainfo" in entry || "table" in entry || "chain" in entry;
  const [first, rest] = [nftables.filter(isFirst), nftables.filter((each) => !isFirst(each))];
  return JSON.stringify({ nftables: [...first, ...rest] });
}

const EMPTY = '{"nftables": []}';
