import { describe, expect, test } from "vitest";
import type { AnyCheck } from "../../src/checks/define-check.ts";
import { selectCheck, selectChecks, selectSuppressions } from "../../src/cli/selection.ts";
import { type Area, pass } from "../../src/model/finding.ts";
import { aCheckMeta } from "../support/a-report.ts";

const forward = aCheck("ip-forward-off", "kernel");
const bridge = aCheck("bridge-down", "link");
const dnat = aCheck("dnat-missing", "docker");
const checks = [forward, bridge, dnat];

function aCheck(id: string, area: Area): AnyCheck {
  return { ...aCheckMeta({ id, area }), requires: ["sysctls"], evaluate: () => pass };
}

describe("--only", () => {
  test("takes ids and areas, and all checks where nothing is named", () => {
    expect(selectChecks(checks, [])).toEqual({ ok: true, value: checks });
    expect(selectChecks(checks, ["docker", "ip-forward-off"])).toEqual({
      ok: true,
      value: [forward, dnat],
    });
  });

  test("names what exists, and what was probably meant", () => {
    expect(selectChecks(checks, ["brige-down"])).toEqual({
      ok: false,
      message: [
        'no check and no area is called "brige-down"; did you mean "bridge-down"?',
        "areas: kernel, link, docker",
        "checks: ip-forward-off, bridge-down, dnat-missing",
      ].join("\n"),
    });
  });
});

describe("--ignore", () => {
  test("takes a check, or one subject of it as reports write it", () => {
    const ignore = [
      "bridge-down",
      "ip-forward-off:host",
      "ip-forward-off:sysctl:net.ipv4.ip_forward",
      "dnat-missing:published-port:web/[::]:8080/tcp",
    ];
    expect(selectSuppressions(checks, ignore)).toEqual({
      ok: true,
      value: [
        { check: "bridge-down" },
        { check: "ip-forward-off", subject: "host" },
        { check: "ip-forward-off", subject: "sysctl:net.ipv4.ip_forward" },
        { check: "dnat-missing", subject: "published-port:web/[::]:8080/tcp" },
      ],
    });
  });

  test("refuses a check that does not exist", () => {
    expect(selectSuppressions(checks, ["kernel:host"])).toEqual({
      ok: false,
      message: [
        'cannot ignore "kernel": there is no such check',
        "checks: ip-forward-off, bridge-down, dnat-missing",
      ].join("\n"),
    });
  });

  test.each([
    "bridge-down:netwrk:web",
    "bridge-down:network:",
    "bridge-down:",
    "bridge-down:host:x",
  ])("refuses %s, which names no subject", (text) => {
    expect(selectSuppressions(checks, [text]).ok).toBe(false);
  });

  test("lists the kinds of subjects", () => {
    expect(selectSuppressions(checks, ["bridge-down:netwrk:web"])).toEqual({
      ok: false,
      message: [
        'cannot ignore "bridge-down:netwrk:web": "netwrk:web" is not a subject; did you mean "network"?',
        "subjects: host, sysctl:NAME, link:NAME, network:NAME, container:NAME, chain:NAME, published-port:NAME, swarm-port:NAME, route:NAME",
      ].join("\n"),
    });
  });
});

describe("explain", () => {
  test("takes an id, and suggests the one that was meant", () => {
    expect(selectCheck(checks, "bridge-down")).toEqual({ ok: true, value: bridge });
    expect(selectCheck(checks, "bridge")).toEqual({
      ok: false,
      message:
        'no check is called "bridge"; did you mean "bridge-down"?\nchecks: ip-forward-off, bridge-down, dnat-missing',
    });
  });
});
