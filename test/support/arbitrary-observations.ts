import fc from "fast-check";
import type { Observation } from "../../src/host/port.ts";
import type { Failure } from "../../src/model/failure.ts";
import type { HostQuery } from "../../src/model/query.ts";

const path = fc.constantFrom("/proc/a" as const, "/run/netns" as const, "/info" as const);

/** A few questions, so that some of them come twice. */
export const aQuery: fc.Arbitrary<HostQuery> = fc.oneof(
  fc.record(
    {
      kind: fc.constant("command" as const),
      argv: fc.constantFrom(["ip", "-j", "rule"] as const, ["nft"] as const, ["ss", ""] as const),
      netns: fc.constantFrom("/run/netns/a", "/run/netns/b"),
    },
    { requiredKeys: ["kind", "argv"] },
  ),
  fc.record(
    { kind: fc.constant("file" as const), path, netns: fc.constant("/run/netns/a") },
    { requiredKeys: ["kind", "path"] },
  ),
  fc.record({ kind: fc.constant("directory" as const), path }),
  fc.record({ kind: fc.constant("docker" as const), path }),
  fc.constant({ kind: "system", topic: "memory" } as const),
);

const message = fc.string();
const failure: fc.Arbitrary<Failure> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("not-found" as const, "not-recorded" as const, "refused" as const),
    message,
  }),
  fc.record(
    { kind: fc.constant("not-permitted" as const), message, capability: fc.string() },
    { requiredKeys: ["kind", "message"] },
  ),
  fc.record({ kind: fc.constant("timed-out" as const), message, timeoutMs: fc.nat() }),
  fc.record(
    {
      kind: fc.constant("exit" as const),
      message,
      exitCode: fc.nat(255),
      signal: fc.string(),
      stderr: fc.string(),
    },
    { requiredKeys: ["kind", "message", "stderr"] },
  ),
  fc.record(
    { kind: fc.constant("unparsable" as const), message, line: fc.nat() },
    { requiredKeys: ["kind", "message"] },
  ),
  fc.record({ kind: fc.constant("connection-refused" as const), message }),
  fc.record(
    { kind: fc.constant("bad-answer" as const), message, httpStatus: fc.nat(599) },
    { requiredKeys: ["kind", "message"] },
  ),
);

const dated = {
  observedAt: fc.constantFrom("2026-11-02T10:00:00.000Z", "2026-11-02T10:00:01.500Z"),
  durationMs: fc.nat(),
};

export const anObservation: fc.Arbitrary<Observation> = fc.oneof(
  fc.record(
    { ok: fc.constant(true as const), text: aText(), stderr: aText(), ...dated },
    { requiredKeys: ["ok", "text", "observedAt", "durationMs"] },
  ),
  fc.record({ ok: fc.constant(false as const), failure, ...dated }),
);

/** Any text that UTF-8 can hold, long and short. */
function aText(): fc.Arbitrary<string> {
  return fc.oneof(fc.string({ unit: "binary" }), fc.constant("x\r\n".repeat(2000)));
}
