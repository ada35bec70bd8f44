import { checks } from "../../src/checks/index.ts";

/** What Prometheus knew before: samples each minute, as lines of OpenMetrics. `now` in seconds since 1970. */
export function pastOfFleet(now: number): readonly string[] {
  return [...yesterday(now), ...anHourAgo(now)];
}

const day = 86_400;
const hour = 3_600;
const minute = 60;

/** manager-1 had a cause that it has no longer. */
function yesterday(now: number): readonly string[] {
  const labels = {
    job: "docknet",
    instance: "manager-1",
    check: "ip-forward-off",
    severity: "critical",
    subject: "sysctl:net.ipv4.ip_forward",
    role: "cause",
  };
  return eachMinute(now - day - hour / 2, now - day).map(
    (at) => `docknet_finding_info{${written(labels)}} 1 ${at}`,
  );
}

/** lean-1 had an answer for every check. */
function anHourAgo(now: number): readonly string[] {
  return checks.flatMap(({ id }) => {
    const labels = { job: "docknet", instance: "lean-1", check: id, status: "unknown" };
    return eachMinute(now - hour - 5 * minute, now - hour + 10 * minute).map(
      (at) => `docknet_check_status{${written(labels)}} 0 ${at}`,
    );
  });
}

function eachMinute(from: number, to: number): readonly string[] {
  return Array.from({ length: Math.floor((to - from) / minute) + 1 }, (_, index) =>
    (from + index * minute).toFixed(3),
  );
}

function written(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(",");
}
