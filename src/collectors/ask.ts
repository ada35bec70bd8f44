import type { HostPort, Observation } from "../host/port.ts";
import { type Fact, type IgnoredLine, known, unknown } from "../model/facts.ts";
import { type Failure, unparsable } from "../model/failure.ts";
import { type HostQuery, type Instant, queryCommand } from "../model/query.ts";
import type { Parsed, Parser } from "../parsers/parsed.ts";
import { isJson } from "../parsers/support/text-entries.ts";

/** What became of one question: a value and where it is from, or why there is none. */
export type Answer<T> =
  | {
      readonly ok: true;
      readonly value: T;
      readonly sources: readonly HostQuery[];
      readonly ignored: readonly IgnoredLine[];
    }
  | { readonly ok: false; readonly failure: Failure };

/** Asks and parses. What a program writes to stderr although it ends well is told as ignored lines. */
export async function ask<T>(
  host: HostPort,
  query: HostQuery,
  parser: Parser<T>,
): Promise<Answer<T>> {
  const observation = await host.observe(query);
  if (!observation.ok) return observation;
  const complaint = inconsistency(observation, query);
  if (complaint !== undefined) return { ok: false, failure: complaint };
  const result = parsedOnce(observation, parser);
  if (!result.ok) return { ok: false, failure: explained(result.failure, query) };
  if (isCutOff(observation, query)) {
    const failure = unparsable("its last line has no end, so it is cut off");
    return { ok: false, failure: explained(failure, query) };
  }
  const ignored = [...result.ignored, ...remarks(observation)].map((line) => ({
    ...line,
    source: query,
  }));
  return { ok: true, value: result.value, sources: [query], ignored };
}

/**
 * What a text was parsed to, by whom, for as long as somebody keeps both: the agent's host says which answers are those that it gave
 * before, and what follows from the very same text by the very same parser is the same. A parser that is made for one call is forgotten
 * with it.
 */
const parsedBefore = new WeakMap<object, WeakMap<object, unknown>>();

function parsedOnce<T>(observation: Given, parser: Parser<T>): Parsed<T> {
  const identity = observation.textIdentity ?? observation;
  const results = parsedBefore.get(identity) ?? new WeakMap<object, unknown>();
  // The parser's type is that of its result.
  if (results.has(parser)) return results.get(parser) as never;
  const result = parser(observation.text);
  parsedBefore.set(identity, results.set(parser, result));
  return result;
}

/** A fact from one question. */
export async function askFact<T>(
  host: HostPort,
  now: Instant,
  question: { readonly query: HostQuery; readonly parser: Parser<T> },
): Promise<Fact<T>> {
  return factFrom(await ask(host, question.query, question.parser), now);
}

export function factFrom<T>(answer: Answer<T>, now: Instant): Fact<T> {
  if (!answer.ok) return unknown(answer.failure);
  return known(answer.value, { at: now, sources: answer.sources, ignored: answer.ignored });
}

/** One answer from several of a kind; the first that failed speaks for all. */
export function inOne<T>(answers: readonly Answer<T>[]): Answer<readonly T[]> {
  const values: T[] = [];
  const sources: HostQuery[] = [];
  const ignored: IgnoredLine[] = [];
  for (const answer of answers) {
    if (!answer.ok) return answer;
    values.push(answer.value);
    sources.push(...answer.sources);
    ignored.push(...answer.ignored);
  }
  return { ok: true, value: values, sources, ignored };
}

/** The answer, or `instead` where the kernel or the program lacks what was asked for: then there is nothing of it. */
export function orIfUnsupported<T>(answer: Answer<T>, instead: T, query: HostQuery): Answer<T> {
  if (answer.ok || answer.failure.kind !== "exit") return answer;
  const lacking = /not supported|no such protocol|does not exist/i.test(answer.failure.stderr);
  return lacking ? { ok: true, value: instead, sources: [query], ignored: [] } : answer;
}

type Given = Extract<Observation, { readonly ok: true }>;

/** The answer, or none where the host has no such file or program. */
export function orIfMissing<T>(answer: Answer<T>, query: HostQuery): Answer<T | undefined> {
  if (answer.ok || answer.failure.kind !== "not-found") return answer;
  return { ok: true, value: undefined, sources: [query], ignored: [] };
}

/** iproute2 ends with 0 although the kernel told it that the list changed while it was read. */
function inconsistency(observation: Given, query: HostQuery): Failure | undefined {
  if (!/dump was interrupted|may be inconsistent/i.test(observation.stderr ?? "")) return undefined;
  const command = queryCommand(query);
  return unparsable(`what \`${command}\` lists changed while it was read; run docknet again`);
}

/**
 * Every program that docknet runs ends its last line. Text that stops before, such as `*:79` of `*:7946`, would be read as something
 * else; JSON shows by itself that it is cut off.
 */
function isCutOff({ text }: Given, query: HostQuery): boolean {
  return query.kind === "command" && text !== "" && !isJson(text) && !text.endsWith("\n");
}

function remarks(observation: Given): readonly IgnoredLine[] {
  return (observation.stderr ?? "")
    .split("\n")
    .map((text, index) => ({ line: index + 1, text, reason: "written to stderr" }))
    .filter(({ text }) => text.trim() !== "" && !text.startsWith("# Warning"));
}

function explained(failure: Failure, query: HostQuery): Failure {
  if (failure.kind !== "unparsable") return failure;
  const command = queryCommand(query);
  const line = failure.line === undefined ? "" : ` in line ${failure.line}`;
  const message = `cannot read the answer of \`${command}\`${line}: ${failure.message}`;
  return unparsable(`${message}; run it by hand and compare`, failure.line);
}
