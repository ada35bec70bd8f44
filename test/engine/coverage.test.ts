import { describe, expect, test } from "vitest";
import { coverageOf } from "../../src/engine/coverage.ts";
import { notFound, notPermitted } from "../../src/model/failure.ts";
import type { Sandbox, SandboxPart } from "../../src/model/sandbox.ts";
import { aCollector } from "../support/a-report.ts";

const none: SandboxPart<never> = { state: "absent", reason: "not there" };
const cannotEnter = notPermitted(
  "entering needs CAP_SYS_ADMIN; run docknet as root",
  "CAP_SYS_ADMIN",
);
const hidden: SandboxPart<never> = { state: "unknown", failure: cannotEnter };

function aSandbox(name: string, parts: Partial<Sandbox["parts"]>): Sandbox {
  return {
    path: `/run/docker/netns/${name}`,
    role: "container",
    containers: [name],
    parts: {
      links: none,
      routes: none,
      routingRules: none,
      linkSettings: none,
      sysctls: none,
      neighbours: none,
      bridgePorts: none,
      fdb: none,
      rulesets: none,
      nativeNft: none,
      sockets: none,
      resolver: none,
      ...parts,
    },
  };
}

describe("coverage", () => {
  test("counts what was read, and names the capabilities and programs that were missing", () => {
    const collectors = [
      aCollector({ ignoredLines: 2 }),
      aCollector({ fact: "brctlBridges", state: "absent" }),
      aCollector({
        fact: "rulesets",
        state: "unknown",
        failure: notPermitted("no", "CAP_NET_ADMIN"),
      }),
      aCollector({ fact: "sockets", state: "unknown", failure: notFound("none", "ss") }),
    ];
    expect(coverageOf(collectors, undefined)).toEqual({
      facts: { read: 2, of: 4 },
      ignoredLines: 2,
      missingCapabilities: ["CAP_NET_ADMIN"],
      missingPrograms: ["ss"],
    });
  });

  test("tells namespaces that were read whole, in part and not at all apart", () => {
    const reduced = "this namespace may not be entered without CAP_SYS_ADMIN";
    const sandboxes = [
      aSandbox("whole", { routes: { state: "known", value: [] } }),
      aSandbox("seen", { routes: { state: "known", value: [], reduced }, links: hidden }),
      aSandbox("dark", { routes: hidden, links: hidden }),
    ];
    expect(coverageOf([], sandboxes)).toEqual({
      facts: { read: 0, of: 0 },
      ignoredLines: 0,
      missingCapabilities: ["CAP_SYS_ADMIN"],
      missingPrograms: [],
      sandboxes: {
        whole: 1,
        inPart: [
          { name: "seen", parts: ["links", "routes"], reasons: [cannotEnter.message, reduced] },
        ],
        unreadable: [{ name: "dark", parts: ["links", "routes"], reasons: [cannotEnter.message] }],
      },
    });
  });
});
