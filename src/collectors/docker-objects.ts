import type { HostPort } from "../host/port.ts";
import type { HostQuery } from "../model/query.ts";
import type { Parser } from "../parsers/parsed.ts";
import { type Answer, ask, inOne } from "./ask.ts";
import { inTurn } from "./in-turn.ts";

/** How many objects are asked for at a time. */
const atOnce = 8;

/** A list of the Docker API, and the question for one of its objects. */
export interface ObjectsOf<T> {
  readonly list: HostQuery;
  readonly listParser: Parser<readonly { readonly id: string }[]>;
  one(id: string): HostQuery;
  readonly parser: Parser<T>;
}

/** Every object of a list, each asked for by its id. One that went away since the list was made drops out. */
export async function askObjects<T>(
  host: HostPort,
  objects: ObjectsOf<T>,
): Promise<Answer<readonly T[]>> {
  const list = await ask(host, objects.list, objects.listParser);
  if (!list.ok) return list;
  const answers = await inTurn(list.value, atOnce, ({ id }) =>
    ask(host, objects.one(id), objects.parser),
  );
  const there = inOne(answers.filter((answer) => !isGone(answer)));
  if (!there.ok) return there;
  return {
    ...there,
    sources: [...list.sources, ...there.sources],
    ignored: [...list.ignored, ...there.ignored],
  };
}

function isGone(answer: Answer<unknown>): boolean {
  if (answer.ok || answer.failure.kind !== "bad-answer") return false;
  return answer.failure.httpStatus === 404;
}
