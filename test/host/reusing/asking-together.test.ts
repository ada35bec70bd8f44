import { describe, expect, test } from "vitest";
import {
  askingTogether,
  batchMemory,
  looksWithoutBatch,
} from "../../../src/host/reusing/asking-together.ts";
import { notFound } from "../../../src/model/failure.ts";
import { hostBatches } from "../../../src/model/routing/host-batches.ts";
import { type FakeAnswer, fakeKey, watchedHost } from "../../support/fake-host.ts";

const list = { kind: "docker", path: "/containers/json?all=1" } as const;
const questions = hostBatches.flatMap((batch) => batch.questions);
const alone = questions.map((query) => fakeKey(query));
const batches = hostBatches.map(({ argv }) => argv.join(" "));

/** What each question is answered with alone. */
const answers: Readonly<Record<string, string>> = {
  "GET /containers/json?all=1": "[]",
  ...Object.fromEntries(alone.map((key, at) => [key, `[{"answer":${at}}]\n`])),
};

/** What ip prints of each batch. */
const together = Object.fromEntries(
  hostBatches.map((batch) => [
    batch.argv.join(" "),
    batch.questions.map((query) => answers[fakeKey(query)] ?? "").join(""),
  ]),
);

/** An agent with its memory: each look asks all questions at once, and gives what the host was asked. */
function anAgent(all: Record<string, FakeAnswer>) {
  const memory = batchMemory();
  return async (): Promise<readonly string[]> => {
    const { host, asked } = watchedHost(all);
    const wrapped = askingTogether(host, memory);
    await wrapped.observe(list);
    const texts = await Promise.all(
      questions.map(async (query) => {
        const answer = await wrapped.observe(query);
        return answer.ok ? answer.text : answer.failure.message;
      }),
    );
    expect(texts).toEqual(alone.map((key) => answers[key]));
    await wrapped.observe(list);
    return asked.filter((key) => key !== "GET /containers/json?all=1");
  };
}

describe("an agent", () => {
  test("asks one process for all that it can answer, in each look, and gives the text of each", async () => {
    const look = anAgent({ ...answers, ...together });
    expect(await look()).toEqual(batches);
    expect(await look()).toEqual(batches);
  });

  const [first = "", second = ""] = batches;
  const whole = together[first] ?? "";
  test.each<readonly [string, FakeAnswer]>([
    ["fails", notFound("no ip")],
    ["complains", { text: whole, stderr: "Dump was interrupted and may be inconsistent.\n" }],
    ["answers one question less", whole.split("\n").slice(1).join("\n")],
    ["answers one question more", `[]\n${whole}`],
    ["answers in words", whole.replace(/^.*\n/, "nothing\n")],
    ["does not end its last line", whole.trimEnd()],
    ["answers nothing", ""],
  ])(
    "asks each question alone where the batch %s, and tries it again much later",
    async (_, odd) => {
      const all = { ...answers, ...together, [first]: odd };
      const look = anAgent(all);
      const [four = [], six = []] = hostBatches.map((batch) => batch.questions.map(fakeKey));
      const aloneNow = [...four].sort();
      expect((await look()).toSorted()).toEqual([first, second, ...aloneNow].sort());
      for (let at = 0; at < looksWithoutBatch; at += 1) {
        expect((await look()).toSorted()).toEqual([second, ...aloneNow].sort());
      }
      all[first] = whole;
      expect(await look()).toEqual(batches);
      expect(six.length).toBeGreaterThan(0);
    },
  );

  test("asks alone what is asked a second time in a look, as it may have changed", async () => {
    const { host, asked } = watchedHost({ ...answers, ...together });
    const wrapped = askingTogether(host, batchMemory());
    const [query] = questions;
    if (query === undefined) throw new Error("there is no batch");
    await wrapped.observe(query);
    await wrapped.observe(query);
    expect(asked).toEqual([first, fakeKey(query)]);
  });
});
