import type { HostQuery } from "../model/query.ts";
import type { HostPort, Observation } from "./port.ts";

/** One question with its raw answer. */
export interface RecordedObservation {
  readonly query: HostQuery;
  readonly observation: Observation;
}

/** Everything that was asked in one run, in the order of asking. */
export type Recording = readonly RecordedObservation[];

export interface RecordingHost {
  readonly host: HostPort;
  /** What has been asked and answered until now. */
  recording(): Recording;
}

/** Wraps a host so that every question and its answer are kept. */
export function recordingHost(inner: HostPort): RecordingHost {
  const kept: (RecordedObservation | undefined)[] = [];
  return {
    host: {
      async observe(query) {
        const position = kept.push(undefined) - 1;
        const observation = await inner.observe(query);
        kept[position] = { query, observation };
        return observation;
      },
    },
    recording: () => kept.filter((entry) => entry !== undefined),
  };
}
