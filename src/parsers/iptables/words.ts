/**
 * The words of a piece of a rule, unquoted. iptables-save quotes a word that holds anything but letters, digits, `_` and `-`, and
 * puts a backslash before `"`, `'` and `\` in it (xtables_save_string in libxtables).
 */
export function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  let at = skipSpaces(text, 0, text.length);
  while (at < text.length) {
    const end = wordEnd(text, at, text.length);
    const word = text.slice(at, end);
    words.push(word.startsWith('"') ? unquoted(word) : word);
    at = skipSpaces(text, end, text.length);
  }
  return words;
}

/** Position behind the word that begins at `at`; a quote opens at the beginning of a word only. */
export function wordEnd(text: string, at: number, to: number): number {
  let end = text.charCodeAt(at) === QUOTE ? (closingQuote(text, at, to) ?? to) : at;
  while (end < to && isInWord(text.charCodeAt(end))) end += 1;
  return end;
}

/** Position of the quote that closes the one at `at`; undefined when none does. */
export function closingQuote(text: string, at: number, to: number): number | undefined {
  let end = at + 1;
  while (end < to) {
    const code = text.charCodeAt(end);
    if (code === QUOTE) return end;
    end += code === BACKSLASH ? 2 : 1;
  }
  return undefined;
}

/** The first quote at or behind `at` that opens a word; undefined when there is none before `to`. */
export function openingQuote(text: string, at: number, to: number): number | undefined {
  let quote = text.indexOf('"', at);
  while (quote >= 0 && quote < to && !isSpace(text.charCodeAt(quote - 1))) {
    quote = text.indexOf('"', quote + 1);
  }
  return quote < 0 || quote >= to ? undefined : quote;
}

export function skipSpaces(text: string, at: number, to: number): number {
  let next = at;
  while (next < to && isSpace(text.charCodeAt(next))) next += 1;
  return next;
}

const QUOTE = 34;
const BACKSLASH = 92;
const SPACE = 32;
const TAB = 9;

/** The first comparison settles nearly all characters. */
function isInWord(code: number): boolean {
  return code > SPACE || !isSpace(code);
}

/** Space or tab; a line feed inside a quoted word never comes here. */
function isSpace(code: number): boolean {
  return code === SPACE || code === TAB;
}

function unquoted(word: string): string {
  const end = closingQuote(word, 0, word.length) ?? word.length;
  const inside = word.slice(1, end);
  const plain = inside.includes("\\") ? inside.replaceAll(/\\([\s\S])/g, "$1") : inside;
  return plain + word.slice(end + 1);
}
