import { mkdirSync } from "node:fs";
import { readBundle, writeBundle } from "../../src/host/bundle.ts";
import type { RecordedObservation } from "../../src/host/recording.ts";
import { queryCommand } from "../../src/model/query.ts";

/** A recording with some of its answers changed, written to a folder. */
export async function alteredBundle(
  from: string,
  change: {
    readonly to: string;
    /** What becomes of an answer; undefined leaves it. `question` is the query as a person would type it. */
    readonly answers: (
      question: string,
      answer: RecordedObservation["observation"],
    ) => RecordedObservation["observation"] | undefined;
  },
): Promise<void> {
  const read = await readBundle(from);
  if (!read.ok) throw new Error(read.failure.message);
  const { origin, recording } = read.bundle;
  const altered = recording.map(({ query, observation }) => ({
    query,
    observation: change.answers(queryCommand(query), observation) ?? observation,
  }));
  mkdirSync(change.to, { recursive: true });
  const failure = await writeBundle(`${change.to}/`, { origin, recording: altered });
  if (failure !== undefined) throw new Error(failure.message);
}
