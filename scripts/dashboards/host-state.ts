import { alertSettings } from "./alerts.ts";
import { on, type State } from "./plan.ts";

/** What a host as a whole can be in. */
export const hostStates = {
  healthy: { value: 0, text: "healthy", colour: "green" },
  notKnown: { value: 1, text: "not known", colour: "gray" },
  warning: { value: 2, text: "warning", colour: "orange" },
  critical: { value: 3, text: "critical", colour: "red" },
  silent: { value: 4, text: "no answer", colour: "purple" },
} as const satisfies Readonly<Record<string, State>>;

const each = "by (job, instance)";
const coded = (expr: string, { value }: State) => `(${expr}) * 0 + ${value}`;
const findings = (severity: string) =>
  `sum ${each} (${on("docknet_findings", `severity="${severity}"`)}) > 0`;
const stale = `time() - ${on("docknet_last_run_timestamp_seconds")} > ${alertSettings.staleRuns} * ${on("docknet_run_interval_seconds")}`;

/**
 * One series for each host with a value of `hostStates`. The first line that holds decides; a host is healthy only when a fresh
 * run says so with every check answered.
 */
export const hostState = [
  coded(`max ${each} (${on("up")}) == 0`, hostStates.silent),
  coded(`max ${each} (${stale})`, hostStates.notKnown),
  coded(findings("critical"), hostStates.critical),
  coded(findings("warning"), hostStates.warning),
  coded(
    `sum ${each} (${on("docknet_check_status", 'status=~"unknown|broken"')}) > 0`,
    hostStates.notKnown,
  ),
  coded(`max ${each} (${on("docknet_last_run_timestamp_seconds")})`, hostStates.healthy),
  coded(`max ${each} (${on("up")})`, hostStates.notKnown),
].join("\nor ");

/** How many hosts are in a state, 0 where none is. */
export function hostsIn({ value }: State): string {
  return `count((\n${hostState}\n) == ${value}) or vector(0)`;
}
