import { mediaTypes } from "../metrics/exposition.ts";
import { jsonReport } from "../render/json.ts";
import { landingPage } from "./landing-page.ts";
import type { Latest } from "./latest.ts";
import { metricsFilter } from "./web/metrics-filter.ts";
import { acceptsGzip, preferredFormat } from "./web/negotiate.ts";

/** What a request says that matters here. */
export interface WebRequest {
  readonly method: string;
  /** As it stands in the request line: never decoded, so that it can only be equal to a known path or not. */
  readonly target: string;
  readonly host: string;
  readonly accept: string;
  readonly acceptEncoding: string;
  /** Both the peer and the address that the agent listens on are of this host's loopback. */
  readonly loopback: boolean;
  /** Somebody who may read everything: by a password, or by a certificate that was verified. */
  readonly isAuthenticated: boolean;
}

export interface WebAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** What there is to serve at this moment. */
export interface Site {
  readonly latest: Latest;
  readonly version: string;
  readonly telemetryPath: string;
  readonly nowMs: number;
  /** Time from run to run, in milliseconds. */
  readonly intervalMs: number;
}

/** How many intervals a report stays fresh. */
const freshIntervals = 3;

/** The answer to a request. Pure: no request makes docknet look at the host. */
export function answer(request: WebRequest, site: Site): WebAnswer {
  if (request.method !== "GET" && request.method !== "HEAD") {
    const refusal = text(405, "docknet is read-only: GET and HEAD are the methods that it knows");
    return { ...refusal, headers: { ...refusal.headers, Allow: "GET, HEAD" } };
  }
  const [path = ""] = request.target.split("?");
  switch (path) {
    case site.telemetryPath:
      return metrics(request, site.latest);
    case "/-/healthy":
      return text(200, "docknet is Healthy.");
    case "/-/ready":
      return readiness(site);
    case "/report":
      return report(request, site.latest);
    case "/":
      return {
        status: 200,
        headers: { "Content-Type": "text/html; charset=utf-8" },
        body: landingPage(site),
      };
    default:
      return text(404, "no such path; / lists those that there are");
  }
}

function metrics(request: WebRequest, latest: Latest): WebAnswer {
  const filter = metricsFilter(request.target.replace(/^[^?]*\??/, ""));
  if (!filter.ok) return text(400, filter.message);
  const format = preferredFormat(request.accept);
  const { plain, gzipped } = latest.metrics(format, filter.groups);
  const headers = { "Content-Type": mediaTypes[format], Vary: "Accept, Accept-Encoding" };
  if (!acceptsGzip(request.acceptEncoding)) return { status: 200, headers, body: plain };
  return { status: 200, headers: { ...headers, "Content-Encoding": "gzip" }, body: gzipped };
}

function readiness(site: Site): WebAnswer {
  const { endedAtMs } = site.latest;
  if (endedAtMs === undefined) return text(503, "docknet is not ready: no run has ended yet");
  const ageMs = site.nowMs - endedAtMs;
  if (Math.abs(ageMs) <= freshIntervals * site.intervalMs) return text(200, "docknet is Ready.");
  if (ageMs < 0) {
    return text(
      503,
      `docknet is not ready: the clock was set back by ${Math.round(-ageMs / 1_000)} s or more since ` +
        "the last run; the next run mends that",
    );
  }
  return text(
    503,
    `docknet is not ready: the last run ended ${Math.round(ageMs / 1_000)} s ago, ` +
      `which is more than ${freshIntervals} intervals of ${site.intervalMs / 1_000} s`,
  );
}

function report(request: WebRequest, latest: Latest): WebAnswer {
  // The name in the request keeps web pages out that point a name of their own at this host (DNS rebinding).
  const isLocal = request.loopback && isLoopbackName(request.host);
  if (!isLocal && !request.isAuthenticated) {
    return text(
      403,
      "the report shows the host's firewall and containers: without passwords or client certificates " +
        "(web.config.file) it is served to this host only, and only where the agent listens on a " +
        "loopback address such as 127.0.0.1:10323",
    );
  }
  if (latest.report === undefined) return text(503, "there is no report yet: no run has ended");
  return {
    status: 200,
    headers: { "Content-Type": "application/json; charset=utf-8" },
    body: jsonReport(latest.report),
  };
}

function isLoopbackName(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(host);
}

function text(status: number, line: string): WebAnswer {
  return {
    status,
    headers: { "Content-Type": "text/plain; charset=utf-8" },
    body: `${line}\n`,
  };
}
