import { describe, expect, test } from "vitest";
import { preferredFormat } from "../../../src/agent/web/negotiate.ts";

/** What Prometheus sends, by version. */
const prometheus = {
  "2.42":
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
  "3.5.3":
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
} as const;

describe("preferredFormat", () => {
  test.each([
    ["Prometheus 2.42", prometheus["2.42"], "openmetrics"],
    ["Prometheus 3.5.3", prometheus["3.5.3"], "openmetrics"],
    ["nothing", "", "text"],
    ["curl", "*/*", "text"],
    ["a browser", "text/html,application/xhtml+xml,*/*;q=0.8", "text"],
    ["OpenMetrics alone", "application/openmetrics-text", "openmetrics"],
    ["capitals", "Application/OpenMetrics-Text; Version=1.0.0 ; Q=0.9", "openmetrics"],
    ["a draft of OpenMetrics alone", "application/openmetrics-text;version=0.0.1", "text"],
    ["text before OpenMetrics", "application/openmetrics-text;q=0.2,text/plain;q=0.3", "text"],
    ["both alike", "application/openmetrics-text,text/plain", "text"],
    ["OpenMetrics least of all", "application/openmetrics-text;q=0.1,*/*", "text"],
    ["OpenMetrics refused", "application/openmetrics-text;q=0", "text"],
    ["a quality that is none", "application/openmetrics-text;q=x", "text"],
    ["noise", ";;,=,q=1;version", "text"],
  ])("chooses for %s", (_, accept, format) => {
    expect(preferredFormat(accept)).toBe(format);
  });
});
