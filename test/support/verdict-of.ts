import type { AnyCheck } from "../../src/checks/define-check.ts";
import { type Evaluated, evaluateCheck, worldOf } from "../../src/engine/evaluate.ts";
import type { HostBuilder } from "./a-host.ts";

/** What one check says of a host. */
export function verdictOf(check: AnyCheck, host: HostBuilder): Evaluated {
  return evaluateCheck(check, worldOf(host.snapshot()));
}

/** Subject and message of each problem, for tests of guards that look at which problems there are. */
export function problemsOf(check: AnyCheck, host: HostBuilder) {
  const verdict = verdictOf(check, host);
  return verdict.status === "fail" ? verdict.problems : [];
}
