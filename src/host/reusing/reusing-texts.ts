import { type HostQuery, queryKey } from "../../model/query.ts";
import type { HostPort, Observation } from "../port.ts";
import { containersPath, linksKey } from "./questions.ts";
import { withoutTimers } from "./steady-text.ts";

/** The last answer to each question. One for the life of an agent, no more than its last two looks asked. */
export interface TextMemory {
  readonly kept: Map<string, KeptText>;
  looks: number;
}

interface KeptText {
  /** Without what ages. */
  readonly steady: string;
  readonly textIdentity: object;
  /** The last look that asked. */
  look: number;
}

export function textMemory(): TextMemory {
  return { kept: new Map(), looks: 0 };
}

/** Longer answers, in UTF-16 units, are not kept: what they would hold of memory is worth more than the time to read them again. */
const longest = 256 * 1024;

/** Wraps a port: an answer that reads as the last one to the same question is marked as the same, so that it is not parsed again. */
export function reusingTexts(inner: HostPort, memory: TextMemory): HostPort {
  return {
    async observe(query) {
      const observation = await inner.observe(query);
      if (query.kind === "docker" && query.path === containersPath) nextLook(memory);
      if (!observation.ok || observation.text.length > longest) return observation;
      return { ...observation, textIdentity: identityOf(query, observation, memory) };
    },
  };
}

function nextLook(memory: TextMemory): void {
  memory.looks += 1;
  for (const [key, { look }] of memory.kept) {
    if (look < memory.looks - 2) memory.kept.delete(key);
  }
}

function identityOf(
  query: HostQuery,
  { text }: Extract<Observation, { readonly ok: true }>,
  { kept, looks }: TextMemory,
): object {
  const key = queryKey(query);
  const steady = key === linksKey ? withoutTimers(text) : text;
  const before = kept.get(key);
  if (before?.steady === steady) {
    before.look = looks;
    return before.textIdentity;
  }
  const textIdentity = {};
  kept.set(key, { steady, textIdentity, look: looks });
  return textIdentity;
}
