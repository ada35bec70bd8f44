const harmful = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const named: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": " " };

/**
 * Text from a host made safe for a terminal: control characters, escape sequences, line separators and marks that reorder or
 * hide text are shown as `\x1b` or `\u202e`. A tab becomes a space. Safe text stays as it is, so escaping twice changes nothing.
 */
export function escapeText(text: string): string {
  return text.replace(harmful, (character) => named[character] ?? codePointText(character));
}

/** JSON text with the same characters as `\uXXXX`: the same document for a parser, and harmless on a terminal. */
export function escapeJson(json: string): string {
  return json.replace(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => unitText(character, index)).join(""),
  );
}

function codePointText(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint <= 0xff) return `\\x${hex(codePoint, 2)}`;
  return codePoint <= 0xffff ? `\\u${hex(codePoint, 4)}` : `\\u{${hex(codePoint, 1)}}`;
}

function unitText(character: string, index: number): string {
  return `\\u${hex(character.charCodeAt(index), 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
