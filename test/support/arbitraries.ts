import fc from "fast-check";

/** IPv4 text in canonical form. */
export const ipv4Text = fc.ipV4();

/** IPv6 text of any form that RFC 4291 allows. */
export const ipv6Text = fc.ipV6();

export const addressText = fc.oneof(ipv4Text, ipv6Text);

/** `address/length` with any host bits. */
export const prefixText = fc.oneof(
  fc.tuple(ipv4Text, fc.integer({ min: 0, max: 32 })).map(([text, length]) => `${text}/${length}`),
  fc.tuple(ipv6Text, fc.integer({ min: 0, max: 128 })).map(([text, length]) => `${text}/${length}`),
);

/** A text changed as a bad disk, a cut pipe or another program would: cut, doubled, with bytes put in or replaced. */
export function mutationsOf(texts: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom("\0", "\r\n", "{}", "null", "[", "-1", '"', "\u{fffd}", "1e999", ","),
    fc.string({ maxLength: 12 }),
  );
  return fc
    .tuple(fc.constantFrom(...texts), fc.nat(), fc.nat({ max: 40 }), piece)
    .map(([text, seed, length, inserted]) => {
      const at = seed % (text.length + 1);
      return text.slice(0, at) + inserted + (seed % 3 === 0 ? "" : text.slice(at + length));
    });
}

/** JSON whose keys are those that a text has, with values of any type. */
export function jsonLike(text: string): fc.Arbitrary<string> {
  const keys = [
    ...new Set([...text.matchAll(/"([A-Za-z_]\w*)":/g)].map((match) => match[1] ?? "")),
  ];
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), addressText);
  const record = (value: fc.Arbitrary<unknown>) =>
    fc.dictionary(fc.constantFrom("x", ...keys), value, { maxKeys: 8 });
  const value = fc.oneof(
    leaf,
    record(leaf),
    fc.array(leaf, { maxLength: 3 }),
    record(record(leaf)),
  );
  return fc
    .oneof(record(value), fc.array(record(value), { maxLength: 3 }))
    .map((json) => JSON.stringify(json));
}
