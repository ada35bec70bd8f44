import { type HostQuery, queryKey } from "../../model/query.ts";
import { type HostBatch, hostBatches } from "../../model/routing/host-batches.ts";
import type { HostPort, Observation } from "../port.ts";
import { containersPath } from "./questions.ts";

/** Batches that did not answer each of their questions, and for how many looks they are not tried again. One for the life of an agent. */
export type BatchMemory = Map<HostBatch, number>;

export function batchMemory(): BatchMemory {
  return new Map();
}

/** A kernel without IPv6 has no answer today and none tomorrow, but a list that changed while it was read has one in the next look. */
export const looksWithoutBatch = 60;

const batchesByKey = new Map(
  hostBatches.flatMap((batch) => batch.questions.map((query) => [queryKey(query), batch] as const)),
);

type Answers = ReadonlyMap<string, Observation>;

/**
 * Wraps a port: what one process of ip can answer is asked of one. A look asks all of these questions, so the first of them asks for
 * the others too. Each is answered with the very text that it would have had alone; where it is not certain which text that is, and
 * where a question comes twice in a look, it is asked alone.
 */
export function askingTogether(inner: HostPort, memory: BatchMemory): HostPort {
  const asked = new Map<HostBatch, Promise<Answers>>();
  const given = new Set<string>();
  const observeCommand = async (query: HostQuery): Promise<Observation> => {
    const key = queryKey(query);
    const batch = batchesByKey.get(key);
    if (batch === undefined || given.has(key)) return inner.observe(query);
    given.add(key);
    const answers = asked.get(batch) ?? answersTo(batch, inner, memory);
    asked.set(batch, answers);
    return (await answers).get(key) ?? inner.observe(query);
  };
  return {
    observe(query) {
      if (query.kind === "command") return observeCommand(query);
      if (query.kind === "docker" && query.path === containersPath) {
        asked.clear();
        given.clear();
      }
      return inner.observe(query);
    },
  };
}

async function answersTo(batch: HostBatch, inner: HostPort, memory: BatchMemory): Promise<Answers> {
  const wait = memory.get(batch) ?? 0;
  if (wait > 0) {
    memory.set(batch, wait - 1);
    return new Map();
  }
  const { argv, stdin, questions } = batch;
  const whole = await inner.observe({ kind: "command", argv, stdin });
  const lines = whole.ok && whole.stderr === undefined ? whole.text.split("\n") : [];
  // Each line has its end, so that what follows the last one is nothing.
  if (!whole.ok || lines.pop() !== "" || !areAnswers(lines, questions)) {
    memory.set(batch, looksWithoutBatch);
    return new Map();
  }
  const durationMs = Math.round((10 * whole.durationMs) / questions.length) / 10;
  return new Map(
    questions.map((query, at) => [
      queryKey(query),
      { ok: true, text: `${lines[at]}\n`, observedAt: whole.observedAt, durationMs },
    ]),
  );
}

function areAnswers(lines: readonly string[], questions: readonly HostQuery[]): boolean {
  return lines.length === questions.length && lines.every((line) => /^\[.*\]\s*$/.test(line));
}
