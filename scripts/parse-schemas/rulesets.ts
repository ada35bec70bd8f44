import { z } from "zod";
import { count, family, flag, maybe, text, texts } from "./basics.ts";

const counters = z.object({ packets: count, bytes: count });

/** What tells the members of a union apart; the fields beside it depend on it, and more kinds come. */
const tagged = z.looseObject({ kind: text });

const rule = z.looseObject({
  chain: text,
  text: text.describe("the rule as iptables-save prints it, without counters"),
  line: count,
  counters: maybe(counters),
  matches: z.array(tagged).describe('kind "unrecognised" keeps its text verbatim'),
  target: tagged,
});

const chain = z.looseObject({
  name: text,
  policy: maybe(z.enum(["ACCEPT", "DROP"])),
  counters: maybe(counters),
  rules: z.array(rule),
});

export const iptablesSave = z.looseObject({
  generator: maybe(z.looseObject({ version: text, backend: maybe(text) })),
  tables: z.array(z.looseObject({ name: text, chains: z.array(chain), incompatible: maybe(flag) })),
});

const nftChain = z.looseObject({ name: text, rules: z.array(z.looseObject({})) });

export const nftRuleset = z.looseObject({
  tables: z.array(z.looseObject({ family: text, name: text, chains: z.array(nftChain) })),
});

export const ipSets = z.array(
  z.object({
    name: text,
    method: text.describe("hash, bitmap or list"),
    parts: texts.describe("what elements are made of: ip, net, port, iface, mac, mark, set"),
    family: maybe(family),
    netmaskLength: maybe(count),
    timeoutSeconds: maybe(count),
    options: texts.describe("other words of the set's head, verbatim"),
    elements: z.array(
      z.object({
        value: text.describe("parts as ipset prints them, with commas between"),
        nomatch: maybe(z.literal(true)),
        timeoutSeconds: maybe(count),
        packets: maybe(count),
        bytes: maybe(count),
        comment: maybe(text),
        options: maybe(texts),
      }),
    ),
  }),
);
