import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HostPort, Observation } from "../../src/host/port.ts";
import { recordingHost } from "../../src/host/recording.ts";
import { replayHost } from "../../src/host/replay.ts";
import type { HostQuery } from "../../src/model/query.ts";
import { anObservation, aQuery } from "../support/arbitrary-observations.ts";

const rules: HostQuery = { kind: "command", argv: ["ip", "-j", "rule"] };
const links: HostQuery = { kind: "command", argv: ["ip", "-j", "-d", "addr"] };

describe("replayHost", () => {
  test("answers the n-th asking with the n-th answer, and the last one from then on", async () => {
    const host = replayHost([
      { query: rules, observation: said("one") },
      { query: links, observation: said("links") },
      { query: rules, observation: said("two") },
    ]);
    const answers = [];
    for (const query of [rules, rules, rules, links, links])
      answers.push(await host.observe(query));
    expect(answers).toEqual([said("one"), said("two"), said("two"), said("links"), said("links")]);
  });

  test("says what is not in the bundle", async () => {
    const host = replayHost([{ query: rules, observation: said("one") }]);
    expect(await host.observe(links)).toEqual({
      ok: false,
      failure: {
        kind: "not-recorded",
        message: 'the bundle holds no answer to "ip -j -d addr"',
      },
      observedAt: "2026-11-02T10:00:00.000Z",
      durationMs: 0,
    });
  });

  test("says so of an empty recording too", async () => {
    expect(await replayHost([]).observe(rules)).toMatchObject({
      ok: false,
      failure: { kind: "not-recorded" },
    });
  });

  test("tells the same question in two namespaces apart", async () => {
    const inside = { ...rules, netns: "/run/netns/a" };
    const host = replayHost([
      { query: inside, observation: said("inside") },
      { query: rules, observation: said("host") },
    ]);
    expect(await host.observe(rules)).toEqual(said("host"));
    expect(await host.observe(inside)).toEqual(said("inside"));
  });

  test("of what was recorded is the live host, question by question", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(aQuery, anObservation)), async (script) => {
        const recorder = recordingHost(scripted(script.map(([, observation]) => observation)));
        const live = await observedInTurn(
          recorder.host,
          script.map(([query]) => query),
        );
        const replay = replayHost(recorder.recording());
        expect(
          await observedInTurn(
            replay,
            script.map(([query]) => query),
          ),
        ).toEqual(live);
      }),
    );
  });
});

describe("recordingHost", () => {
  test("keeps the order of asking, whatever the order of answering", async () => {
    const waiting = new Map<HostQuery, () => void>();
    const slow: HostPort = {
      observe: (query) =>
        new Promise((resolve) =>
          waiting.set(query, () => resolve(said(query === rules ? "rules" : "links"))),
        ),
    };
    const recorder = recordingHost(slow);
    const asked = [recorder.host.observe(rules), recorder.host.observe(links)];
    waiting.get(links)?.();
    await asked[1];
    expect(recorder.recording()).toEqual([{ query: links, observation: said("links") }]);
    waiting.get(rules)?.();
    await asked[0];
    expect(recorder.recording()).toEqual([
      { query: rules, observation: said("rules") },
      { query: links, observation: said("links") },
    ]);
  });
});

function said(text: string): Observation {
  return { ok: true, text, observedAt: "2026-11-02T10:00:00.000Z", durationMs: 1 };
}

/** A host that gives these answers one after the other, whatever it is asked. */
function scripted(answers: readonly Observation[]): HostPort {
  let next = 0;
  return {
    observe() {
      const answer = answers[next] ?? said("");
      next += 1;
      return Promise.resolve(answer);
    },
  };
}

async function observedInTurn(
  host: HostPort,
  queries: readonly HostQuery[],
): Promise<readonly Observation[]> {
  const answers: Observation[] = [];
  for (const query of queries) answers.push(await host.observe(query));
  return answers;
}
