import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { collectors } from "../../src/collectors/index.ts";
import { fakeHost, fakeInstant } from "../support/fake-host.ts";

test("has each fact once, after what it needs", () => {
  const facts = collectors.map(({ fact }) => fact);
  expect(new Set(facts).size).toBe(facts.length);
  for (const [index, { needs }] of collectors.entries()) {
    for (const need of needs) expect(facts.indexOf(need)).toBeLessThan(index);
  }
});

test("holds every file that defines a collector", () => {
  const folder = join(import.meta.dirname, "../../src/collectors");
  const files = globSync("**/*.ts", { cwd: folder })
    .filter((file) => readFileSync(join(folder, file), "utf8").includes("= defineCollector({"))
    .map((file) => basename(file, ".ts"));
  const names = collectors.map(({ fact }) =>
    fact.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  );
  expect(files.sort()).toEqual([...names].sort());
});

test("never throws, and knows nothing of a host that answers nothing", async () => {
  const dockerDaemon = { state: "stopped", reason: "nobody listens" } as const;
  const context = {
    facts: {
      dockerDaemon,
      daemonOptions: {},
      containers: [],
      links: [],
      sockets: [],
      rulesets: [],
    },
    now: fakeInstant,
  };
  const states: Record<string, string> = {};
  for (const collector of collectors) {
    states[collector.fact] = (await collector.collect(fakeHost({}), context)).state;
  }
  // These say in their values what could not be seen.
  const {
    routeSightings,
    nativeNft,
    ipsets,
    daemonOptions,
    dockerNetworks,
    containers,
    swarmNodes,
    swarmServices,
    swarmTasks,
    vlans,
    dockerProxies,
    ...others
  } = states;
  const telling = [routeSightings, nativeNft, ipsets, daemonOptions];
  expect(new Set(telling)).toEqual(new Set(["known"]));
  const ofDocker = [dockerNetworks, containers, swarmNodes, swarmServices, swarmTasks];
  expect(new Set(ofDocker)).toEqual(new Set(["unknown"]));
  // Nobody has to be asked about a host without a bridge that filters VLANs.
  expect([vlans, dockerProxies]).toEqual(["absent", "known"]);
  expect(new Set(Object.values(others))).toEqual(new Set(["unknown"]));
});
