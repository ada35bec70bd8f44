/** A piece of a line of nft's text: a word, an operator, a brace, or what stood in quotes. */
export interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

/** The tokens that are left to read. */
export interface Tokens {
  /** The next one, or `undefined` at the end. */
  peek(ahead?: number): Token | undefined;
  next(): Token | undefined;
  /** Takes the next token where it is this word. */
  take(word: string): boolean;
  /** How many were taken. */
  position(): number;
  back(position: number): void;
  /** What is left, as text. */
  rest(): string;
}

const piece = /"([^"]*)"|([{},;]|[<>!=]=|[^\s{},;"]+)/g;

export function tokensOf(text: string): Tokens {
  const all = [...text.matchAll(piece)].map(([whole, inQuotes]): Token => {
    return { text: inQuotes ?? whole, quoted: inQuotes !== undefined };
  });
  let at = 0;
  const peek = (ahead = 0): Token | undefined => all[at + ahead];
  return {
    peek,
    next: () => {
      at += 1;
      return all[at - 1];
    },
    take: (word) => {
      const token = peek();
      const isIt = token?.quoted === false && token.text === word;
      if (isIt) at += 1;
      return isIt;
    },
    position: () => at,
    back: (position) => {
      at = position;
    },
    rest: () =>
      all
        .slice(at)
        .map((token) => (token.quoted ? `"${token.text}"` : token.text))
        .join(" "),
  };
}
