import { notRecorded } from "../model/failure.ts";
import { queryCommand, queryKey } from "../model/query.ts";
import type { HostPort, Observation } from "./port.ts";
import type { Recording } from "./recording.ts";

/**
 * Answers from a recording. The n-th asking of a question gets its n-th recorded answer, and the last one from then on, so that
 * what changed between two askings in the run changes in its replay too.
 */
export function replayHost(recording: Recording): HostPort {
  const answers = Map.groupBy(recording, ({ query }) => queryKey(query));
  const asked = new Map<string, number>();
  const lastAt = recording.at(-1)?.observation.observedAt ?? "1970-01-01T00:00:00.000Z";
  return {
    observe(query) {
      const key = queryKey(query);
      const times = asked.get(key) ?? 0;
      asked.set(key, times + 1);
      const recorded = answers.get(key);
      const answer = recorded?.[times] ?? recorded?.at(-1);
      const missing: Observation = {
        ok: false,
        failure: notRecorded(`the bundle holds no answer to "${queryCommand(query)}"`),
        observedAt: lastAt,
        durationMs: 0,
      };
      return Promise.resolve(answer?.observation ?? missing);
    },
  };
}
