import type { NftTable } from "../../src/model/nft.ts";

/** How many rules of nft's text are as its JSON has them. */
export interface BesideJson {
  readonly same: number;
  /** Rules of which the JSON names an extension of iptables, where the text says in nft's words what it does. */
  readonly ofXt: number;
  /** Rules that are kept in one piece. */
  readonly unread: number;
  /** Rules, chains and elements of sets and maps that the text has otherwise. */
  readonly others: readonly string[];
}

/** Text and JSON of one ruleset, side by side; handles and counters aside. */
export function sameAsJson(text: readonly NftTable[], json: readonly NftTable[]): BesideJson {
  const counts = { same: 0, ofXt: 0, unread: 0 };
  const others: string[] = [];
  const compare = (one: unknown, other: unknown): void => {
    const [fromText, fromJson] = [plain(one), plain(other)];
    if (fromText === fromJson) counts.same += 1;
    else if (fromText.includes('"unrecognised"')) counts.unread += 1;
    else if (fromJson.includes('"xt"')) counts.ofXt += 1;
    else others.push(`${fromText}\n${fromJson}`);
  };
  for (const { chains, sets, maps, family, name } of json) {
    const own = text.find((table) => table.family === family && table.name === name);
    for (const { rules, ...chain } of chains) {
      const twin = own?.chains.find((each) => each.name === chain.name);
      compare(twin && { ...twin, rules: [] }, { ...chain, rules: [] });
      for (const [at, rule] of rules.entries()) compare(twin?.rules[at], rule);
    }
    for (const kind of ["sets", "maps"] as const) {
      const elements = (all: NftTable["sets"] | NftTable["maps"] = []) =>
        all.map((each) => [each.name, each.keyTypes, each.elements]);
      const twins = elements(kind === "sets" ? sets : maps);
      for (const [at, mine] of elements(own?.[kind]).entries()) {
        // Elements with more than their values are told as ignored lines.
        if (mine[2] === undefined && twins[at]?.[2] !== undefined) counts.unread += 1;
        else compare(mine, twins[at]);
      }
    }
  }
  return { ...counts, others };
}

const volatile: ReadonlySet<string> = new Set(["handle", "packets", "bytes"]);

function plain(value: unknown): string {
  return (
    JSON.stringify(value, (key, each: unknown) => (volatile.has(key) ? undefined : sorted(each))) ??
    ""
  );
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
