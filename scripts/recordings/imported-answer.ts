import type { Failure } from "../../src/model/failure.ts";
import type { HostQuery } from "../../src/model/query.ts";
import { queryCommand } from "../../src/model/query.ts";

/** An answer as docknet would have seen it on the host. */
export interface ImportedAnswer {
  readonly query: HostQuery;
  readonly outcome:
    | { readonly ok: true; readonly text: string; readonly stderr?: string }
    | { readonly ok: false; readonly failure: Failure };
  /** From what it was put together, where the host was not asked this very question. */
  readonly derivedFrom?: string;
}

/** What a host printed, as it is; nothing where the command was not run. */
export function asSaved(
  query: HostQuery,
  text: string | undefined,
  stderr?: string,
): readonly ImportedAnswer[] {
  if (text === undefined) return [];
  const outcome =
    stderr === undefined || stderr === ""
      ? ({ ok: true, text } as const)
      : ({ ok: true, text, stderr } as const);
  return [{ query, outcome }];
}

/** What the host would have answered, as other outputs of it show; nothing where they do not. */
export function derived(
  query: HostQuery,
  text: string | undefined,
  derivedFrom: string,
): readonly ImportedAnswer[] {
  return text === undefined ? [] : [{ query, outcome: { ok: true, text }, derivedFrom }];
}

/** Why the host gave no answer, as other outputs of it show. */
export function derivedFailure(
  query: HostQuery,
  failure: Failure,
  derivedFrom: string,
): readonly ImportedAnswer[] {
  return [{ query, outcome: { ok: false, failure }, derivedFrom }];
}

export function command(...argv: readonly [string, ...string[]]): HostQuery {
  return { kind: "command", argv };
}

export function file(path: `/${string}`): HostQuery {
  return { kind: "file", path };
}

/** The line about an answer in the manifest's notes. */
export function noteOf({ query, derivedFrom }: ImportedAnswer): readonly string[] {
  return derivedFrom === undefined
    ? []
    : [`"${queryCommand(query)}" is derived from ${derivedFrom}`];
}
