import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { type Latest, renderLatest } from "../../src/agent/latest.ts";
import { answer, type Site, type WebRequest } from "../../src/agent/routes.ts";
import { aReport } from "../support/a-report.ts";
import { agentReadings, noLimits, processReadings } from "../support/agent-readings.ts";

const report = aReport();
const { lastRun: _, ...beforeFirstRun } = agentReadings();
let latest: Latest;
let early: Latest;
beforeAll(async () => {
  const rest = { process: processReadings, limits: noLimits };
  latest = await renderLatest({
    ...rest,
    report,
    agent: agentReadings({ lastRun: { endedAt: 1_000, durationSeconds: 1 } }),
  });
  early = await renderLatest({ ...rest, agent: beforeFirstRun });
});

function ask(request: Partial<WebRequest>, site: Partial<Site> = {}) {
  return answer(
    {
      method: "GET",
      target: "/",
      host: "127.0.0.1:10323",
      accept: "",
      acceptEncoding: "",
      loopback: true,
      isAuthenticated: false,
      ...request,
    },
    {
      latest,
      version: "0.1.0",
      telemetryPath: "/metrics",
      nowMs: 1_000_000,
      intervalMs: 60_000,
      ...site,
    },
  );
}

const status = (request: Partial<WebRequest>, site: Partial<Site> = {}): number =>
  ask(request, site).status;

describe("answer", () => {
  test("serves the metrics that were rendered, plain or compressed as the request takes them", () => {
    const plain = ask({ target: "/metrics?x=y" });
    const gzipped = ask({ target: "/metrics", acceptEncoding: "deflate, GZIP;q=0.5" });
    expect([plain.headers, plain.body]).toEqual([
      {
        "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
        Vary: "Accept, Accept-Encoding",
      },
      latest.metrics("text", undefined).plain,
    ]);
    expect(gzipped.headers["Content-Encoding"]).toBe("gzip");
    expect(gunzipSync(Buffer.from(gzipped.body))).toEqual(latest.metrics("text", undefined).plain);
  });

  test.each(["", "br", "gzip;q=0", "gzip; q=0.000", "gzipped", "identity"])(
    "does not compress for Accept-Encoding %j",
    (acceptEncoding) => {
      expect(ask({ target: "/metrics", acceptEncoding }).body).toBe(
        latest.metrics("text", undefined).plain,
      );
    },
  );

  test("serves OpenMetrics to those who prefer it", () => {
    const accept = "application/openmetrics-text;version=1.0.0";
    const { headers, body } = ask({ target: "/metrics", accept });
    expect(headers["Content-Type"]).toBe(
      "application/openmetrics-text; version=1.0.0; charset=utf-8",
    );
    expect(String(body)).toMatch(/# TYPE docknet_runs counter\ndocknet_runs_total 2\n/);
    expect(String(body)).toMatch(/\n# EOF\n$/);
  });

  test("serves the groups of metrics that a request names, or all but those", () => {
    const names = (query: string) =>
      Array.from(
        String(ask({ target: `/metrics?${query}` }).body).matchAll(/^# TYPE (\S+)/gm),
        ([, name]) => name,
      );
    expect(names("collect%5B%5D=check")).toEqual(["docknet_check_status"]);
    expect(names("collect[]=check&collect[]=host")).toEqual([
      "docknet_check_status",
      "docknet_up",
      "docknet_host_info",
      "docknet_forwarding_enabled",
      "docknet_sysctl_value",
    ]);
    expect(names("exclude[]=check")).toEqual(
      names("").filter((name) => name !== "docknet_check_status"),
    );
    expect(names("collect[]=swarm")).toEqual([]);
  });

  test("refuses a filter with a name that it does not know, and says which there are", () => {
    const refusal = (query: string) => {
      const { status, body } = ask({ target: `/metrics?${query}` });
      return [status, body];
    };
    const groups =
      "agent, collector, check, finding, host, conntrack, kernel, firewall, bridge, network, swarm, path";
    expect([
      refusal("collect[]=cpu"),
      refusal(`exclude[]=%3Cb%3E%0A${"x".repeat(100)}`),
      refusal("collect[]=host&exclude[]=check"),
    ]).toEqual([
      [400, `unknown group "cpu": the groups are ${groups}\n`],
      [400, `unknown group "<b>\\n${"x".repeat(35)}…": the groups are ${groups}\n`],
      [400, "collect[] and exclude[] do not go together: give one of them\n"],
    ]);
  });

  test("compresses an answer to a filter once, and keeps no more than a few", () => {
    const body = (query: string) =>
      ask({ target: `/metrics?${query}`, acceptEncoding: "gzip" }).body;
    expect(body("collect[]=path&collect[]=host")).toBe(body("collect[]=host&collect[]=path"));
    const filters = ["agent", "collector", "check", "finding", "host"].flatMap((a) =>
      ["bridge", "network", "swarm", "path"].map((b) => `exclude[]=${a}&exclude[]=${b}`),
    );
    const first = filters.map(body);
    const kept = filters.map(body).filter((again, index) => again === first[index]);
    expect(kept.length).toBeLessThan(filters.length);
  });

  test("serves the metrics where the configuration wants them", () => {
    const site = { telemetryPath: "/docknet" };
    expect([status({ target: "/docknet" }, site), status({ target: "/metrics" }, site)]).toEqual([
      200, 404,
    ]);
  });

  test("is healthy always, ready while the report is younger than three intervals", () => {
    const ready = (site: Partial<Site>) => {
      const { status, body } = ask({ target: "/-/ready" }, site);
      return [status, body];
    };
    expect([
      ask({ target: "/-/healthy" }).body,
      ready({}),
      ready({ nowMs: 1_180_000 }),
      ready({ nowMs: 1_181_000 }),
      ready({ nowMs: 0 }),
      ready({ latest: early }),
    ]).toEqual([
      "docknet is Healthy.\n",
      [200, "docknet is Ready.\n"],
      [200, "docknet is Ready.\n"],
      [
        503,
        "docknet is not ready: the last run ended 181 s ago, which is more than 3 intervals of 60 s\n",
      ],
      [
        503,
        "docknet is not ready: the clock was set back by 1000 s or more since the last run; the next run mends that\n",
      ],
      [503, "docknet is not ready: no run has ended yet\n"],
    ]);
  });

  test("serves the report on loopback, to requests that name a loopback address", () => {
    const served = ask({ target: "/report" });
    expect([served.status, JSON.parse(String(served.body))]).toEqual([200, report]);
    expect(
      ["localhost:10323", "[::1]:10323", "127.0.0.1", "LOCALHOST"].map((host) =>
        status({ target: "/report", host }),
      ),
    ).toEqual([200, 200, 200, 200]);
    expect(status({ target: "/report" }, { latest: early })).toBe(503);
  });

  test("keeps the report from every other peer, and says why", () => {
    expect(ask({ target: "/report", loopback: false })).toEqual({
      status: 403,
      headers: { "Content-Type": "text/plain; charset=utf-8" },
      body:
        "the report shows the host's firewall and containers: without passwords or client certificates " +
        "(web.config.file) it is served to this host only, and only where the agent listens on a " +
        "loopback address such as 127.0.0.1:10323\n",
    });
    const hosts = [
      "",
      "evil.example",
      "127.0.0.1.evil.example",
      "localhost@evil",
      "10.0.0.1:10323",
    ];
    expect(hosts.map((host) => status({ target: "/report", host }))).toEqual(hosts.map(() => 403));
  });

  test("serves the report to everybody who is authenticated", () => {
    const request = { target: "/report", loopback: false, host: "web-07:10323" };
    expect(status({ ...request, isAuthenticated: true })).toBe(200);
  });

  test("knows no other path and no other method", () => {
    const paths = [
      "/metrics/",
      "//metrics",
      "/%6detrics",
      "/../report",
      "*",
      "",
      "/report/..",
      "x",
    ];
    expect(paths.map((target) => status({ target }))).toEqual(paths.map(() => 404));
    const { headers, ...refusal } = ask({ method: "POST", target: "/metrics" });
    expect([headers["Allow"], refusal.status]).toEqual(["GET, HEAD", 405]);
  });

  test("shows a page with the version and links, and nothing of the request", () => {
    const page = ask({ target: "/?<script>" }, { version: "1<2", telemetryPath: "/m" });
    expect(page.headers).toEqual({ "Content-Type": "text/html; charset=utf-8" });
    expect(page.body).toContain('<a href="/m">/m</a>');
    expect(page.body).toContain("version 1&#60;2.");
    expect(page.body).not.toContain("<script>");
  });
});
