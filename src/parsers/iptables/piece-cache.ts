/** What the piece of the text between two positions means. */
export type MeaningAt<T> = (from: number, to: number) => T;

interface Known<T> {
  readonly from: number;
  readonly length: number;
  readonly meaning: T;
}

/**
 * Rules are made of few different pieces (`-o docker0`, `-j ACCEPT`), so what one means is kept and shared. One slot per hash, the
 * newest piece stays: no text, however made, makes this slower than to work out every piece anew.
 */
export function pieceCache<T>(text: string, meaningOf: (piece: string) => T): MeaningAt<T> {
  const bits = Math.min(14, Math.max(6, Math.ceil(Math.log2(text.length / 64 + 1))));
  const slots = new Array<Known<T> | undefined>(2 ** bits).fill(undefined);
  return (from, to) => {
    const slot = hashOf(text, from, to) >>> (32 - bits);
    const known = slots[slot];
    if (known?.length === to - from && isSame(text, known, from)) return known.meaning;
    const meaning = meaningOf(text.slice(from, to));
    slots[slot] = { from, length: to - from, meaning };
    return meaning;
  };
}

const HASHED_CHARACTERS = 12;

/** Hash of the length and the last characters, four at a time: pieces of one kind begin alike and differ at their end. */
function hashOf(text: string, from: number, to: number): number {
  const first = Math.max(from, to - HASHED_CHARACTERS);
  let hash = to - from;
  for (let at = to - 4; at >= first; at -= 4) {
    const low = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 8);
    const high = (text.charCodeAt(at + 2) << 16) | (text.charCodeAt(at + 3) << 24);
    hash = Math.imul(hash ^ low ^ high, 0x01000193);
  }
  return Math.imul(hash ^ (hash >>> 15), 0x9e3779b1);
}

function isSame(text: string, known: Known<unknown>, from: number): boolean {
  for (let at = 0; at < known.length; at += 1) {
    if (text.charCodeAt(known.from + at) !== text.charCodeAt(from + at)) return false;
  }
  return true;
}
