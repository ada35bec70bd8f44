import { isLinkStem, wellKnownNetworks } from "./well-known-names.ts";

/** Pseudonyms of names: equal names have equal ones, and they sort as the names do. */
export interface NameBook {
  pseudonym(name: string): string;
  has(name: string): boolean;
}

/** What was seen in a first look over everything: the names, and the beginnings that rules match links by (`wg-+`). */
export interface SeenNames {
  readonly names: ReadonlySet<string>;
  readonly linkBeginnings: ReadonlySet<string>;
}

/**
 * Numbers the names in their order. Docker takes the first of a container's networks by name for its way out, so a pseudonym also
 * sorts before and after Docker's own network names as its name did. A link that rules match by its beginning keeps one.
 */
export function nameBook({ names, linkBeginnings }: SeenNames): NameBook {
  const sorted = [...new Set([...names, ...linkBeginnings])].sort();
  const width = Math.max(3, String(sorted.length).length);
  const number = new Map(
    sorted.map((name, at) => [name, String(at + 1).padStart(width, "0")] as const),
  );
  const beginnings = [...linkBeginnings].sort((a, b) => b.length - a.length);
  const pseudonym = (name: string): string => {
    if (linkBeginnings.has(name) && isLinkStem(name)) return name;
    const own = number.get(name) ?? "000";
    const beginning = beginnings.find((each) => name.startsWith(each) && name !== each);
    return beginning === undefined
      ? `${sortingLetter(name)}-name-${own}`
      : `${pseudonym(beginning)}x${own}`;
  };
  return { pseudonym, has: (name) => names.has(name) };
}

/** Letters that sort before, between and behind `wellKnownNetworks`, in their order. */
const sortingLetters = ["a", "c", "e", "i", "j", "p"] as const;

function sortingLetter(name: string): string {
  const before = wellKnownNetworks.filter((network) => network < name).length;
  return sortingLetters[before] ?? "p";
}
