import { describe, expect, test } from "vitest";
import type { Collector } from "../../src/collectors/define-collector.ts";
import type { FactName } from "../../src/model/facts.ts";
import { notFound, notPermitted, timedOut } from "../../src/model/failure.ts";
import type { HostQuery } from "../../src/model/query.ts";
import { collect } from "./collect.ts";
import { fakeInstant, fakeKey } from "./fake-host.ts";

/** A collector that asks one question, and a real answer to it. */
export interface OneQuestion<K extends FactName> {
  readonly collector: Collector<K>;
  readonly query: HostQuery;
  readonly text: string;
}

/** What holds for every collector of one question: known, unknown for each kind of failure, and nothing kept silent. */
export function describeOneQuestion<K extends FactName>(plan: OneQuestion<K>): void {
  const { collector, query, text } = plan;
  const key = fakeKey(query);
  describe(`the collector ${collector.fact}`, () => {
    test("knows what its one question says", async () => {
      expect(await collect(collector, { [key]: text })).toMatchObject({
        state: "known",
        collectedAt: fakeInstant,
        sources: [query],
        ignored: [],
      });
    });

    test.each([
      notFound('no program "x"; install the package y'),
      notPermitted("x needs a capability; run as root", "CAP_NET_ADMIN"),
      timedOut("no answer within 10 s", 10_000),
    ])("is unknown with the failure of kind $kind", async (failure) => {
      expect(await collect(collector, { [key]: failure })).toStrictEqual({
        state: "unknown",
        failure,
      });
    });

    test("is unknown when the answer is something else, and names the command", async () => {
      const fact = await collect(collector, { [key]: "\u007fELF\0\u0001" });
      expect(fact).toMatchObject({ state: "unknown", failure: { kind: "unparsable" } });
      const message = fact.state === "unknown" ? fact.failure.message : "";
      expect(message).toMatch(
        /^cannot read the answer of `.+`.*: .+; run it by hand and compare$/s,
      );
    });

    test("tells aloud what the program wrote to stderr", async () => {
      const stderr = "# Warning: known\nsomething odd\n";
      expect(await collect(collector, { [key]: { text, stderr } })).toMatchObject({
        state: "known",
        ignored: [{ line: 2, text: "something odd", reason: "written to stderr" }],
      });
    });

    test("is unknown when the kernel's list changed under the program", async () => {
      const stderr = "Dump was interrupted and may be inconsistent.\n";
      expect(await collect(collector, { [key]: { text, stderr } })).toMatchObject({
        state: "unknown",
        failure: { kind: "unparsable", message: expect.stringContaining("run docknet again") },
      });
    });
  });
}
