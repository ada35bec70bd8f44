import fc from "fast-check";

const esc = "\u{1b}";

/** Names that mean something to a shell, a terminal, a format or a language, each in its own way. */
export const hostileNames: readonly string[] = [
  "a b",
  "-x",
  '"; rm',
  "$(x)",
  "`x`",
  "it's",
  "😀",
  `${esc}[2J${esc}]0;owned\u{7}`,
  "\u{9b}5m",
  "\u{202e}gpj",
  "a\nstatus ok, exit code 0",
  "a\r\nevil_metric 1",
  "a\0b",
  '"',
  "\\",
  "\\n",
  '"} 1',
  "}",
  "{x=",
  "%s",
  "<b>",
  "../..",
  "__proto__",
  "\u{d800}",
  "",
  "x".repeat(4_096),
];

/** One of them, or several in one. */
export const hostileName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...hostileNames),
  fc
    .array(fc.constantFrom(...hostileNames.filter((name) => name.length < 40)), { maxLength: 4 })
    .map((parts) => parts.join("")),
);

/** JSON in which names stand for others, wherever they are: in values, in keys and inside longer texts. */
export function renamedJson(json: string, names: Readonly<Record<string, string>>): string {
  return Object.entries(names).reduce(
    (text, [plain, hostile]) => text.replaceAll(plain, () => JSON.stringify(hostile).slice(1, -1)),
    json,
  );
}
