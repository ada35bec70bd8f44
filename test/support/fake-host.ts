import type { HostPort, Observation } from "../../src/host/port.ts";
import type { Failure } from "../../src/model/failure.ts";
import { notRecorded } from "../../src/model/failure.ts";
import type { HostQuery } from "../../src/model/query.ts";

/** What a question is answered with: a text, a text with something on stderr, or a failure. */
export type FakeAnswer = string | Failure | { readonly text: string; readonly stderr: string };

/** When every answer of a fake host was observed. */
export const fakeInstant = "2026-11-02T10:00:00.000Z";

/**
 * A host whose answers are a table. Keys are questions in short: `ip -j rule`, `cat /etc/os-release`, `ls /run/netns`,
 * `GET /info`, `memory`, with `@PATH ` before those of another network namespace. What the table does not have was not recorded.
 */
export function fakeHost(answers: Readonly<Record<string, FakeAnswer>>): HostPort {
  return {
    observe: (query) => {
      const key = fakeKey(query);
      return Promise.resolve(observationOf(answers[key] ?? notRecorded(`no answer to "${key}"`)));
    },
  };
}

/** A fake host that also writes down what it is asked, in order. */
export function watchedHost(answers: Readonly<Record<string, FakeAnswer>>): {
  readonly host: HostPort;
  readonly asked: readonly string[];
} {
  const asked: string[] = [];
  const inner = fakeHost(answers);
  const host: HostPort = {
    observe: (query) => {
      asked.push(fakeKey(query));
      return inner.observe(query);
    },
  };
  return { host, asked };
}

/** A question in short, as the tables of fake hosts have it. */
export function fakeKey(query: HostQuery): string {
  switch (query.kind) {
    case "command":
      return inside(query.netns, query.argv.join(" "));
    case "file":
      return inside(query.netns, `cat ${query.path}`);
    case "directory":
      return `ls ${query.path}`;
    case "docker":
      return `GET ${query.path}`;
    case "system":
      return query.topic;
  }
}

function inside(netns: string | undefined, text: string): string {
  return netns === undefined ? text : `@${netns} ${text}`;
}

function observationOf(answer: FakeAnswer): Observation {
  const when = { observedAt: fakeInstant, durationMs: 1 };
  if (typeof answer === "string") return { ok: true, text: answer, ...when };
  if ("kind" in answer) return { ok: false, failure: answer, ...when };
  return { ok: true, text: answer.text, stderr: answer.stderr, ...when };
}
