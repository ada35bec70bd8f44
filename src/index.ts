/** Public API: a table of contents, nothing else. */
export type { AnyCheck, Check, CheckContext } from "./checks/define-check.ts";
export { defineCheck } from "./checks/define-check.ts";
export { type CheckId, checks } from "./checks/index.ts";
export { collectors } from "./collectors/index.ts";
export { judgeSnapshot, runPipeline } from "./engine/pipeline.ts";
export type { Clock, Plan, Progress, Suppression } from "./engine/plan.ts";
export { takeSnapshot } from "./engine/take-snapshot.ts";
export { readBundle } from "./host/bundle.ts";
export { liveHost } from "./host/live.ts";
export type { HostPort, Observation } from "./host/port.ts";
export { recordingHost } from "./host/recording.ts";
export { replayHost } from "./host/replay.ts";
export type { Fact, FactName, Facts, HostSnapshot } from "./model/facts.ts";
export type { Evidence, Finding, Remedy, Report, Severity, Subject } from "./model/finding.ts";
export type { HostQuery } from "./model/query.ts";
