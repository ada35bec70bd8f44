import { z } from "zod";
import { unparsable } from "../../model/failure.ts";
import { type JsonResult, readJson } from "../support/json.ts";

const ruleset = z.object({ nftables: z.array(z.unknown()) });

/** nft nests expressions some ten deep; more than this is no ruleset, and would exhaust the stack. */
const MOST_DEPTH = 100;

/** The entries of the array `nftables`. */
export function entryList(text: string): JsonResult<readonly unknown[]> {
  const json = readJson(withDigits(text), ruleset);
  if (!json.ok) return json;
  if (json.value.nftables.some((entry) => isDeeper(entry, MOST_DEPTH))) {
    const message = `the JSON is nested more than ${MOST_DEPTH} deep: this is no ruleset`;
    return { ok: false, failure: unparsable(message) };
  }
  return { ok: true, value: json.value.nftables };
}

/** Whole numbers beyond 2^53 as texts of their digits: JSON.parse would round them, and nft takes either. */
function withDigits(text: string): string {
  if (!/\d{16}/.test(text)) return text;
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs, (token) =>
    /^\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
}

function isDeeper(json: unknown, most: number): boolean {
  if (typeof json !== "object" || json === null) return false;
  if (most === 0) return true;
  if (Array.isArray(json)) return json.some((item) => isDeeper(item, most - 1));
  return Object.values(json).some((item) => isDeeper(item, most - 1));
}
