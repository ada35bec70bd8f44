import { chainOwner, nftTableOwner } from "../../src/derive/rule-owners.ts";
import { printIptablesSave } from "../../src/parsers/iptables/print.ts";
import { parseIptablesSave } from "../../src/parsers/iptables-save.ts";
import { printNftRuleset } from "../../src/parsers/nft/print.ts";
import { parseNftRuleset } from "../../src/parsers/nft-ruleset.ts";
import { nftEntries } from "./nft-entries.ts";

/** How much of a ruleset is typed: matches and targets of iptables, statements and expressions of nft. */
export interface TypedShare {
  readonly pieces: number;
  readonly unrecognised: readonly Unrecognised[];
  /** Whether the print of the typed form is the ruleset again, comments, whitespace and handles aside. */
  readonly printsBack: boolean;
}

export interface Unrecognised {
  /** Kind of the owner of its chain or table. */
  readonly owner: string;
  readonly text: string;
}

/** Undefined where the text is no dump. */
export function iptablesShare(text: string): TypedShare | undefined {
  const read = parseIptablesSave(text);
  if (!read.ok) return undefined;
  const rules = read.value.tables.flatMap(({ chains }) => chains).flatMap((chain) => chain.rules);
  const pieces = rules.flatMap(({ chain, matches, target }) =>
    [...matches, target].map((piece) => ({ chain, piece })),
  );
  return {
    pieces: pieces.length,
    unrecognised: pieces.flatMap(({ chain, piece }) =>
      piece.kind === "unrecognised"
        ? [{ owner: chainOwner(chain)?.kind ?? "nobody known", text: piece.text }]
        : [],
    ),
    printsBack: said(printIptablesSave(read.value)) === said(text),
  };
}

/** Lines that say something. What iptables-nft could not print is a comment that does. */
function said(dump: string): string {
  const lines = dump.split("\n").map((line) => line.trim().replaceAll(/ +/g, " "));
  return lines.filter((line) => /^[^#]|incompatible/.test(line)).join("\n");
}

/** Undefined where the text is no list of nft. */
export function nftShare(text: string): TypedShare | undefined {
  const read = parseNftRuleset(text);
  if (!read.ok) return undefined;
  const pieces = read.value.tables.flatMap(({ name, chains, ...rest }) => {
    const owner = nftTableOwner(name).kind;
    const inChains = chains.flatMap((chain) =>
      kindsIn(chain.rules, chainOwner(chain.name)?.kind ?? owner),
    );
    return [...inChains, ...kindsIn(rest, owner)];
  });
  const unlisted = read.value.unrecognised.map(({ text: entry }) => ({
    kind: "unrecognised",
    owner: "nobody known",
    text: entry,
  }));
  return {
    pieces: pieces.length + unlisted.length,
    unrecognised: [...pieces, ...unlisted].flatMap(({ kind, owner, text: piece }) =>
      kind === "unrecognised" ? [{ owner, text: piece }] : [],
    ),
    printsBack: nftEntries(printNftRuleset(read.value)).join("\n") === nftEntries(text).join("\n"),
  };
}

interface Kind extends Unrecognised {
  readonly kind: string;
}

function kindsIn(value: unknown, owner: string): readonly Kind[] {
  if (typeof value !== "object" || value === null) return [];
  const within = Object.values(value).flatMap((each) => kindsIn(each, owner));
  if (!("kind" in value)) return within;
  const text = "text" in value ? String(value.text) : "";
  return [{ kind: String(value.kind), owner, text }, ...within];
}
