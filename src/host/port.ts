import type { Failure } from "../model/failure.ts";
import type { HostQuery, Instant } from "../model/query.ts";

export type { HostQuery } from "../model/query.ts";

/** The raw answer to one question. A replay cannot be told from a live host by it. */
export type Observation =
  | {
      readonly ok: true;
      readonly text: string;
      /** What the command wrote to stderr although it ended with 0; absent when nothing. */
      readonly stderr?: string;
      readonly observedAt: Instant;
      readonly durationMs: number;
      /** One object for answers that are known to read alike; absent where nobody compared them. */
      readonly textIdentity?: object;
    }
  | {
      readonly ok: false;
      readonly failure: Failure;
      readonly observedAt: Instant;
      readonly durationMs: number;
    };

/** The only way to the outside world. Read-only, never throws: what goes wrong is an observation. */
export interface HostPort {
  observe(query: HostQuery): Promise<Observation>;
}
