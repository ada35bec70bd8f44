/** One option of a match or target: `! --ctstate NEW,RELATED`. */
export interface Option {
  readonly name: string;
  readonly inverted: boolean;
  readonly values: readonly string[];
}

/**
 * The options in a list of unquoted words. `!` may stand before the option or, as old versions printed it, before its value.
 * Undefined when a word belongs to no option.
 */
export function optionsOf(words: readonly string[], from: number): readonly Option[] | undefined {
  const options: Option[] = [];
  let at = from;
  while (at < words.length) {
    const before = words[at] === "!";
    const name = words[before ? at + 1 : at];
    if (name === undefined || !isOptionName(name)) return undefined;
    at += before ? 2 : 1;
    const within = words[at] === "!" && !isOptionName(words[at + 1] ?? "--");
    const first = within ? at + 1 : at;
    const end = valuesEnd(words, first, name);
    options.push({ name, inverted: before !== within, values: words.slice(first, end) });
    at = end;
  }
  return options;
}

/** Options whose one value is free text and may look like anything. */
export function takesFreeText(name: string): boolean {
  return name === "--comment" || name.endsWith("-prefix");
}

function valuesEnd(words: readonly string[], from: number, name: string): number {
  if (takesFreeText(name)) return Math.min(from + 1, words.length);
  for (let end = from; ; end += 1) {
    const word = words[end];
    if (word === undefined || word === "!" || isOptionName(word)) return end;
  }
}

function isOptionName(word: string): boolean {
  return word.startsWith("--") && word.length > 2;
}
