import type { Failure } from "../model/failure.ts";
import type { Bundle } from "./bundle.ts";
import type { Observation } from "./port.ts";
import type { RecordedObservation, Recording } from "./recording.ts";
import { redactionOf, redactQuery } from "./redact/answers.ts";
import { looks, type Pseudonyms } from "./redact/pseudonyms.ts";
import { sentence } from "./redact/words.ts";

/** What redaction puts pseudonyms in place of, for a manifest's list of redactions. */
export const pseudonymRedactions = [
  "addresses by pseudonyms that contain and overlap as before; private, link-local, loopback, multicast and documentation ranges keep their members",
  "MACs by pseudonyms, apart from group addresses",
  "names of hosts, containers, networks, links, chains, tables, sets, namespaces, images and programs by pseudonyms in the same order, apart from those of Docker and of well-known firewall managers",
  "ids of containers, networks, endpoints, sandboxes and swarm nodes by pseudonyms",
  "comments and log prefixes of rules, word by word",
  "answers whose format redaction does not know",
] as const;

/**
 * The bundle with pseudonyms in place of what tells whose host it is. What decides stays: prefixes contain and overlap as before,
 * equal stays equal in every format, the order of rules and of names stays. `key` must be 32 fresh random bytes, kept nowhere.
 */
export function redactBundle({ origin, recording }: Bundle, key: Uint8Array): Bundle {
  const { notes: _, ...rest } = origin;
  return {
    origin: { ...rest, redactions: [...origin.redactions, ...pseudonymRedactions] },
    recording: redactRecording(recording, key),
  };
}

/** The recording with pseudonyms, made anew for each key. */
export function redactRecording(recording: Recording, key: Uint8Array): Recording {
  const { first, second } = looks(key);
  for (const record of recording) redactRecord(record, first);
  const pseudonyms = second();
  return recording.flatMap((record) => redactRecord(record, pseudonyms));
}

/** Nothing where redaction does not know the format: neither the answer nor the question may stay. */
function redactRecord(
  { query, observation }: RecordedObservation,
  pseudonyms: Pseudonyms,
): readonly RecordedObservation[] {
  const redact = redactionOf(query);
  if (redact === undefined) return [];
  const redacted = redactObservation(observation, (text) => redact(text, pseudonyms), pseudonyms);
  return [{ query: redactQuery(query, pseudonyms), observation: redacted }];
}

function redactObservation(
  observation: Observation,
  redact: (text: string) => string,
  pseudonyms: Pseudonyms,
): Observation {
  if (!observation.ok) {
    return { ...observation, failure: redactFailure(observation.failure, pseudonyms) };
  }
  const answer = { ...observation, text: redact(observation.text) };
  return observation.stderr === undefined
    ? answer
    : { ...answer, stderr: sentence(observation.stderr, pseudonyms) };
}

function redactFailure(failure: Failure, pseudonyms: Pseudonyms): Failure {
  const message = sentence(failure.message, pseudonyms);
  return failure.kind === "exit"
    ? { ...failure, message, stderr: sentence(failure.stderr, pseudonyms) }
    : { ...failure, message };
}
