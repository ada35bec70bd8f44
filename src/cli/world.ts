import type { Clock, Plan } from "../engine/plan.ts";
import type { Bundle } from "../host/bundle.ts";
import type { HostPort } from "../host/port.ts";
import type { FileMemory } from "../host/reusing/remembered-file.ts";
import type { Failure } from "../model/failure.ts";
import type { Report } from "../model/finding.ts";
import type { Input } from "./read-input.ts";

/** Where text goes. A reader that has gone away is no failure: what is left is dropped. */
export interface OutputStream {
  readonly isTerminal: boolean;
  /** Width in columns; absent where it is no terminal. */
  readonly columns?: number;
  write(text: string): Promise<void>;
}

export type HostSource =
  | {
      readonly kind: "live";
      readonly dockerSocket: string;
      /** After it, whatever is still asked counts as timed out. */
      readonly timeoutMs: number;
      /** Longest time for one question, in milliseconds; absent = 10 seconds. */
      readonly questionTimeoutMs?: number;
      /** Ends the run instead of `timeoutMs`: whoever gives it keeps the time itself. */
      readonly signal?: AbortSignal;
      /** What small files held in earlier runs. */
      readonly files?: FileMemory;
    }
  /** A .tar.gz file or an unpacked directory. */
  | { readonly kind: "bundle"; readonly path: string };

export type OpenedHost =
  | {
      readonly ok: true;
      readonly host: HostPort;
      /** A bundle's clock stands at the moment when it was made. */
      readonly clock: Clock;
    }
  | { readonly ok: false; readonly failure: Failure };

/** Everything outside that a command touches. Tests bring their own. */
export interface World {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  openHost(source: HostSource): Promise<OpenedHost>;
  runPipeline(host: HostPort, plan: Plan): Promise<Report>;
  /** A file, or standard input where there is no path. */
  readInput(path: string | undefined): Promise<Input>;
  /** A .tar.gz file, or a directory where the path is one or ends in "/"; undefined when it went well. */
  writeBundle(path: string, bundle: Bundle): Promise<Failure | undefined>;
}
