import { z } from "zod";
import { type Failure, unparsable } from "../../model/failure.ts";
import { quoted } from "./lines.ts";

/** What became of a JSON text: the schema's output, or why not. */
export type JsonResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

/** JSON text through a schema. Schemas are loose about extra keys, strict about those that are used. */
export function readJson<T>(text: string, schema: z.ZodType<T>): JsonResult<T> {
  const json = jsonValue(text);
  return json.ok ? validated(json.value, schema) : json;
}

/** A JSON array. iproute2 prints empty objects for what its filters left out: those are passed over. */
export function readJsonList<T>(text: string, item: z.ZodType<T>): JsonResult<readonly T[]> {
  const list = readJson(text, z.array(z.unknown()));
  return list.ok ? validated(list.value.filter(isFilled), z.array(item)) : list;
}

/** Whether a JSON text is an array. */
export function isList(text: string): boolean {
  return text.trimStart().startsWith("[");
}

function validated<T>(value: unknown, schema: z.ZodType<T>): JsonResult<T> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const [first] = result.error.issues.map(({ path, message }) => {
    const where = path.length === 0 ? "the JSON" : `the JSON at ${z.core.toDotPath(path)}`;
    return `${where} is not what was expected: ${message}`;
  });
  return fail(`${first}`);
}

function isFilled(value: unknown): boolean {
  return typeof value !== "object" || value === null || Object.keys(value).length > 0;
}

function jsonValue(text: string): JsonResult<unknown> {
  if (text.trim() === "") return fail("the answer is empty where JSON was expected");
  // The one `try` of the parsers: JSON.parse has no other way to say that a text is not JSON.
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return fail(
      `the answer is not JSON, or is cut off; it begins with ${quoted(text.trimStart())}`,
    );
  }
}

function fail(message: string): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure: unparsable(message) };
}
