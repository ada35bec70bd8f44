import { z } from "zod";
import type { MemoryUse } from "../model/host-identity.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { readJson } from "./support/json.ts";

const memory = z.object({ total: z.number(), available: z.number() });

/** systeminformation's mem() as JSON; bytes. */
export function parseMemory(text: string): Parsed<MemoryUse> {
  const read = readJson(text, memory);
  if (!read.ok) return read;
  return parsed({ totalBytes: read.value.total, availableBytes: read.value.available });
}
