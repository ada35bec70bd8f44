import { describe, expect, test } from "vitest";
import { fateChangesOfFacts } from "../../../src/derive/fate-changes/fate-changes-of-facts.ts";
import { absent, unknown } from "../../../src/model/facts.ts";
import { notPermitted } from "../../../src/model/failure.ts";
import { aHost, type HostBuilder } from "../../support/a-host.ts";

const failure = notPermitted("no rights", "CAP_NET_ADMIN");
const healthy = aHost();

function compared(before: HostBuilder, after: HostBuilder): unknown {
  const { changes, notes, comparable } = fateChangesOfFacts(
    before.snapshot().facts,
    after.snapshot().facts,
  );
  return { kinds: [...new Set(changes.map(({ change }) => change))], notes, comparable };
}

describe("changes between snapshots of which a part is unknown", () => {
  test("are none between healthy hosts", () => {
    expect(compared(healthy, healthy)).toEqual({ kinds: [], notes: [], comparable: true });
  });

  test("are unsure where the rules were not read, and say so", () => {
    const blind = healthy.withFact("rulesets", unknown(failure));
    expect([compared(healthy, blind), compared(blind, healthy)]).toEqual([
      { kinds: ["unsure-now"], notes: ["after: rulesets: no rights"], comparable: true },
      { kinds: ["certain-now"], notes: ["before: rulesets: no rights"], comparable: true },
    ]);
  });

  test("cannot be told where nobody knows what was promised before", () => {
    const nameless = healthy.withFact("containers", unknown(failure));
    expect(compared(nameless, healthy)).toEqual({
      kinds: [],
      notes: ["before: containers: no rights"],
      comparable: false,
    });
  });

  test("are those of the kernel while the engine stands still", () => {
    const stopped = healthy.withFacts({
      dockerDaemon: { state: "stopped", reason: "dockerd does not answer" },
    });
    const notes = [
      "after: dockerd does not answer",
      "after: what Docker promised is taken from before",
    ];
    expect([compared(healthy, stopped), compared(healthy, stopped.withForwardingOff())]).toEqual([
      { kinds: [], notes, comparable: true },
      { kinds: ["broken"], notes, comparable: true },
    ]);
  });

  test("are the end of all promises where Docker is gone", () => {
    const gone = healthy.withFact("dockerDaemon", absent("no Docker here"));
    expect(compared(healthy, gone)).toEqual({
      kinds: ["gone"],
      notes: ["after: there is no Docker here"],
      comparable: true,
    });
  });
});
