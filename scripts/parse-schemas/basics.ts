import { z } from "zod";

export const family = z.enum(["ipv4", "ipv6"]);
export const address = z.string().describe("canonical text of an IPv4 or IPv6 address");
export const count = z.int().nonnegative();
export const text = z.string();
export const texts = z.array(z.string());
export const flag = z.boolean();
export const prefix = z.object({ family, address, length: count.describe("bits") });
export const hostAndPort = z.object({ address, port: count });

/** A key that may be left out. */
export function maybe<T extends z.ZodType>(schema: T): z.ZodExactOptional<T> {
  return z.exactOptional(schema);
}

/** One of these words, where `kind` tells the members of a union apart. */
export function kinds<const K extends readonly [string, ...string[]]>(
  ...words: K
): z.ZodEnum<{ [W in K[number]]: W }> {
  return z.enum(words);
}
