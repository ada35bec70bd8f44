import type { AnyCheck } from "../checks/define-check.ts";
import type { Suppression } from "../engine/plan.ts";
import { nearest } from "../model/words/nearest.ts";

export type Selected<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

/** String forms of subjects begin with one of these (`subjectText`). */
export const subjectKinds = [
  "host",
  "sysctl",
  "link",
  "network",
  "container",
  "chain",
  "published-port",
  "swarm-port",
  "route",
] as const;

/** Checks by ids and areas; all of them when nothing is named. */
export function selectChecks(
  checks: readonly AnyCheck[],
  only: readonly string[],
): Selected<readonly AnyCheck[]> {
  const ids = checks.map(({ id }) => id);
  const areas: readonly string[] = [...new Set(checks.map(({ area }) => area))];
  const odd = only.find((name) => !ids.includes(name) && !areas.includes(name));
  if (odd !== undefined) {
    const message = `no check and no area is called "${odd}"${suggestion(odd, [...ids, ...areas])}`;
    return { ok: false, message: `${message}\nareas: ${areas.join(", ")}\n${listed(ids)}` };
  }
  const value = checks.filter(({ id, area }) => only.includes(id) || only.includes(area));
  return { ok: true, value: only.length === 0 ? checks : value };
}

/** `id` or `id:subject`, where a subject is written as reports write it: `ip-forward-off:sysctl:net.ipv4.ip_forward`. */
export function selectSuppressions(
  checks: readonly AnyCheck[],
  ignore: readonly string[],
): Selected<readonly Suppression[]> {
  const ids = checks.map(({ id }) => id);
  const suppressions: Suppression[] = [];
  for (const text of ignore) {
    const [check = "", ...rest] = text.split(":");
    if (!ids.includes(check)) {
      const message = `cannot ignore "${check}": there is no such check`;
      return { ok: false, message: `${message}${suggestion(check, ids)}\n${listed(ids)}` };
    }
    const kind = rest[0];
    if (kind === undefined) {
      suppressions.push({ check });
      continue;
    }
    const isComplete = kind === "host" ? rest.length === 1 : rest.slice(1).join(":") !== "";
    if (!subjectKinds.some((known) => known === kind) || !isComplete) {
      const forms = subjectKinds.map((known) => (known === "host" ? known : `${known}:NAME`));
      const message = `cannot ignore "${text}": "${rest.join(":")}" is not a subject`;
      return {
        ok: false,
        message: `${message}${suggestion(kind, subjectKinds)}\nsubjects: ${forms.join(", ")}`,
      };
    }
    suppressions.push({ check, subject: rest.join(":") });
  }
  return { ok: true, value: suppressions };
}

/** One check by its id. */
export function selectCheck(checks: readonly AnyCheck[], id: string): Selected<AnyCheck> {
  const value = checks.find((check) => check.id === id);
  if (value !== undefined) return { ok: true, value };
  const ids = checks.map((check) => check.id);
  const message = `no check is called "${id}"${suggestion(id, ids)}\n${listed(ids)}`;
  return { ok: false, message };
}

function suggestion(word: string, known: readonly string[]): string {
  const name = nearest(word, known);
  return name === undefined ? "" : `; did you mean "${name}"?`;
}

function listed(ids: readonly string[]): string {
  return `checks: ${ids.join(", ")}`;
}
