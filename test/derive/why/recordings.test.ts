import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { openHost } from "../../../src/cli/open-host.ts";
import { whyReport } from "../../../src/cli/why/why.ts";
import { collectors } from "../../../src/collectors/index.ts";
import { parseWhy } from "../../../src/derive/why/sentence.ts";
import { takeSnapshot } from "../../../src/engine/take-snapshot.ts";
import type { WhyReport } from "../../../src/model/why/why-report.ts";

const recordings = [
  "lab-h1-inside--healthy",
  "lab-h1--docker-user-drops-uplink",
  "lab-h1--bridge-down",
  "02-single-host-drivers-h1--healthy",
  "13-docker29.7-iptables-n1--healthy",
  "14-docker29.7-nftables-n2--healthy",
];

/** Everybody asks for everybody, by name, and for the host and the outside. */
async function answersOn(recording: string): Promise<readonly WhyReport[]> {
  const path = join(import.meta.dirname, "../../recordings", recording);
  const opened = await openHost({ kind: "bundle", path });
  if (!opened.ok) throw new Error(opened.failure.message);
  const { host, clock } = opened;
  const taken = await takeSnapshot(host, { collectors, clock });
  const { containers } = taken.snapshot.facts;
  const names = containers.state === "known" ? containers.value.map(({ name }) => name) : [];
  const ends = [...names, "host", "outside"];
  return ends.flatMap((from) =>
    ends.flatMap((to) => {
      const asked = parseWhy([from, `${to}:80`]);
      if (!asked.ok) throw new Error(asked.message);
      const report = whyReport(taken, asked.value);
      return report.ok ? [report.value] : [];
    }),
  );
}

describe.each(recordings)("on %s", (recording) => {
  let answers: readonly WhyReport[];

  beforeAll(async () => {
    answers = await answersOn(recording);
  });

  test("an answer is fine only where the packet is delivered and nothing that matters is unknown", () => {
    expect(answers.length).toBeGreaterThan(20);
    const fine = answers.filter(({ outcome }) => outcome === "fine");
    const odd = fine.filter(
      ({ trace, causes, suspects, unknown }) =>
        trace?.fate !== "delivered" ||
        causes.length + suspects.length > 0 ||
        unknown.some(({ isNeeded }) => isNeeded),
    );
    expect(odd.map(({ question }) => question)).toEqual([]);
  });

  test("a packet that does not arrive is broken, with a cause that has evidence and a remedy", () => {
    const failed = answers.filter(
      ({ trace }) => trace !== undefined && !["delivered", "unsure"].includes(trace.fate),
    );
    expect(failed.filter(({ outcome }) => outcome !== "broken")).toEqual([]);
    const causes = answers.flatMap((answer) => answer.causes);
    const bare = causes.filter(
      ({ evidence, remedy }) => evidence.length === 0 || remedy === undefined,
    );
    expect(bare).toEqual([]);
  });

  test("what was not decided is unsure, and says what could not be looked at", () => {
    const silent = answers.filter(
      ({ outcome, suspects, unknown }) =>
        outcome === "unsure" && suspects.length === 0 && !unknown.some(({ isNeeded }) => isNeeded),
    );
    expect(silent).toEqual([]);
  });
});
