/**
 * Why something could not be looked at. Expected failures are values; the message says what, where and the next step, in lower
 * case and without a full stop, so that it can stand after a colon in any output.
 */
export type Failure =
  /** The program, file or socket does not exist on this host; `program` names the one that would have to be installed. */
  | { readonly kind: "not-found"; readonly message: string; readonly program?: string }
  /** The kernel or the Docker socket refused; usually a capability is missing. */
  | { readonly kind: "not-permitted"; readonly message: string; readonly capability?: string }
  | { readonly kind: "timed-out"; readonly message: string; readonly timeoutMs: number }
  /** The program ran and ended with a code other than 0, or by a signal. */
  | {
      readonly kind: "exit";
      readonly message: string;
      readonly exitCode?: number;
      readonly signal?: string;
      readonly stderr: string;
    }
  /** The bundle holds no answer to this question. */
  | { readonly kind: "not-recorded"; readonly message: string }
  /** There was an answer, but not in the format that the parser knows. `line` counts from 1. */
  | { readonly kind: "unparsable"; readonly message: string; readonly line?: number }
  /** docknet refused to ask: the question is not on the closed list of read-only ones, or the answer was over the size limit. */
  | { readonly kind: "refused"; readonly message: string }
  /** Somebody owns the address, nobody accepts: the daemon is not running. */
  | { readonly kind: "connection-refused"; readonly message: string }
  /** The daemon answered, but not with what was asked for (an HTTP error, or something that is not Docker). */
  | { readonly kind: "bad-answer"; readonly message: string; readonly httpStatus?: number };

export type FailureKind = Failure["kind"];

export function notFound(message: string, program?: string): Failure {
  return program === undefined
    ? { kind: "not-found", message }
    : { kind: "not-found", message, program };
}

export function notPermitted(message: string, capability?: string): Failure {
  return capability === undefined
    ? { kind: "not-permitted", message }
    : { kind: "not-permitted", message, capability };
}

export function timedOut(message: string, timeoutMs: number): Failure {
  return { kind: "timed-out", message, timeoutMs };
}

export function notRecorded(message: string): Failure {
  return { kind: "not-recorded", message };
}

export function unparsable(message: string, line?: number): Failure {
  return line === undefined
    ? { kind: "unparsable", message }
    : { kind: "unparsable", message, line };
}

export function refused(message: string): Failure {
  return { kind: "refused", message };
}
