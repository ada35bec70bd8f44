import type { Failure } from "../model/failure.ts";

/** What came back from the outside world, before the live port dates it. */
export type LiveAnswer =
  | { readonly ok: true; readonly text: string; readonly stderr?: string }
  | { readonly ok: false; readonly failure: Failure };

export function answered(text: string): LiveAnswer {
  return { ok: true, text };
}

export function failed(failure: Failure): LiveAnswer {
  return { ok: false, failure };
}

/** The code of a system error such as ENOENT; undefined when it is something else. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
