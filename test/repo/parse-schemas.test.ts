import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { parseSchemas } from "../../scripts/parse-schemas/index.ts";
import { type ParseKindName, parseAs, type parseKinds } from "../../src/cli/parse-kinds.ts";
import { kindsWithFixtures } from "../support/parse-fixtures.ts";

const root = new URL("../../docs/parse/", import.meta.url);

/** Readonly at every depth, as the types of the model are. */
type Plain<T> = { readonly [K in keyof T]: Plain<T[K]> };
/** Every field required: one that only the other type names makes the two unequal. */
type Full<T> = T extends object ? { readonly [K in keyof T]-?: Full<T[K]> } : T;
type IsSame<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

type KindOf<Name extends ParseKindName> = Extract<
  (typeof parseKinds)[number],
  { readonly kind: Name }
>;
type ValueOf<Name extends ParseKindName> = Parameters<NonNullable<KindOf<Name>["print"]>>[0];
type FromSchema<Name extends ParseKindName> = z.infer<(typeof parseSchemas)[Name]>;

/** Rulesets have schemas that leave open what a match, a target or an expression holds. */
type Exact = Exclude<ParseKindName, "iptables-save" | "nft-ruleset">;
type Same = {
  readonly [Name in Exact]: IsSame<Plain<FromSchema<Name>>, Plain<ValueOf<Name>>> extends true
    ? IsSame<Full<FromSchema<Name>>, Full<ValueOf<Name>>>
    : false;
};

describe("schemas of docknet parse", () => {
  test("say exactly what the types of the model say", () => {
    const same: Same[Exact] = true;
    const none: IsSame<Same[Exact], true> = true;
    expect([same, none]).toEqual([true, true]);
  });

  describe.each(kindsWithFixtures)("of %s", (name, kind, fixtures) => {
    const schema = JSON.parse(readFileSync(new URL(`${name}.schema.json`, root), "utf8"));
    const validate = new Ajv2020({ strict: false }).compile(schema);

    test.each(fixtures)("holds for $name", ({ text }) => {
      const parsed = parseAs(kind, text);
      if (!parsed.ok) throw new Error(parsed.failure.message);
      const { value, ignored } = parsed;
      const printed: unknown = JSON.parse(JSON.stringify({ kind: name, value, ignored }));
      validate(printed);
      expect(validate.errors ?? []).toEqual([]);
    });

    test("names all that is printed, and refuses what is of another kind", () => {
      const schemas: Readonly<Record<string, z.ZodType>> = parseSchemas;
      for (const { text } of fixtures) {
        const parsed = parseAs(kind, text);
        const value = parsed.ok ? parsed.value : undefined;
        expect(schemas[name]?.parse(value)).toEqual(value);
      }
      expect(validate({ kind: "other", value: [], ignored: [] })).toBe(false);
    });
  });
});
