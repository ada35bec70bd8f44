import { on } from "./plan.ts";

const same = "on (job, instance, check, subject)";
const causes = on("docknet_finding_info", 'role="cause"');
const all = on("docknet_finding_info");
const firstSeen = on("docknet_finding_first_seen_timestamp_seconds");

/** An hour of yesterday, so that a gap of a few scrapes is no news. */
const yesterday = (metric: string) => `last_over_time(${metric}[1h] offset 1d)`;

const since = (findings: string) => `1000 * ${findings} * ${same} group_left () ${firstSeen}`;

/** Open causes; the value is when the agent saw each first, in milliseconds since 1970. */
export const openCauses = since(causes);

/** Causes and the symptoms that they explain. */
export const openFindings = since(all);

/** Causes that no scrape of a day ago had. */
export const newCauses = since(`(${causes} unless ${same} ${yesterday(causes)})`);

/** Causes of a day ago that are open no more, on hosts whose check has an answer now: not looked at is not mended. */
export const mendedCauses = [
  `(${yesterday(causes)} unless ${same} ${all})`,
  `and on (job, instance, check) (${on("docknet_check_status", 'status=~"pass|fail|not_applicable"')} == 1)`,
].join("\n");
