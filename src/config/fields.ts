import { z } from "zod";
import { nearest } from "../model/words/nearest.ts";

/** A value of a file, with what was expected in the words of a message. */
export function field<T>(expected: string, read: (value: unknown) => T | undefined) {
  return z.unknown().transform((value, context): T => {
    const parsed = read(value);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: "custom", message: `expected ${expected}, not ${shown(value)}` });
    return z.NEVER;
  });
}

/** As `field`, of a text. */
export function text<T>(expected: string, read: (text: string) => T | undefined) {
  return field(expected, (value) => (typeof value === "string" ? read(value) : undefined));
}

/** One of a few words, with the one that was most likely meant. */
export function oneOf<const Word extends string>(words: readonly Word[]) {
  return z.unknown().transform((value, context): Word => {
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    const meant = typeof value === "string" ? didYouMean(value, words) : "";
    const message = `expected one of ${words.join(", ")}, not ${shown(value)}${meant}`;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });
}

/** A secret is never quoted in a message. */
export function secret(expected: string, isOne: (text: string) => boolean) {
  return z.unknown().transform((value, context): string => {
    if (typeof value === "string" && isOne(value)) return value;
    context.addIssue({ code: "custom", message: `expected ${expected}` });
    return z.NEVER;
  });
}

export const yesOrNo = field("true or false", (value) =>
  typeof value === "boolean" ? value : undefined,
);

export function listOf<T extends z.ZodType>(item: T) {
  return z.array(item, { error: (issue) => `expected a list, not ${shown(issue.input)}` });
}

const onlyKeys = "expected only ";

/** The keys in the message of a section that has another one. */
export function expectedKeys(message: string): readonly string[] {
  return message.slice(onlyKeys.length).split(", ");
}

/** A map with these keys and no others; an unknown one is told with the nearest that there is. */
export function section<T extends z.ZodRawShape>(shape: T) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `${onlyKeys}${known.join(", ")}`
        : `expected a section with ${known.join(", ")}, not ${shown(issue.input)}`,
  });
}

/** `; did you mean listenAddresses?`, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? "" : `; did you mean ${meant}?`;
}

/** The value as a message quotes it: short, on one line. */
function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 59)}…` : json;
}
