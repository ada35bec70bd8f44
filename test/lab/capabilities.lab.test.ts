import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AnyCollector } from "../../src/collectors/define-collector.ts";
import { collectors } from "../../src/collectors/index.ts";
import type { FactName } from "../../src/model/facts.ts";
import type { Report } from "../../src/model/finding.ts";
import type { Access, Privilege } from "../../src/model/reading/access.ts";
import { publishHttp, runContainer } from "./support/containers.ts";
import { describeLab } from "./support/describe-lab.ts";
import { type Lab, openLab } from "./support/lab.ts";
import { type LabHost, mustOnHost, onHost } from "./support/lab-host.ts";
import type { Argv } from "./support/run-command.ts";
import { publishedPorts, startEngineHost, startLan } from "./support/standard-host.ts";

const cli = join(import.meta.dirname, "..", "..", "src", "cli.ts");
const user = "64999";
const socketGroup = "64998";
const every: readonly AnyCollector[] = collectors;

const lean = ["CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_DAC_READ_SEARCH"] as const;
const sets: readonly (readonly Privilege[])[] = [
  [],
  ["CAP_NET_ADMIN"],
  ["CAP_NET_ADMIN", "CAP_NET_RAW"],
  lean,
  [...lean, "CAP_SYS_PTRACE"],
  [...lean, "CAP_SYS_PTRACE", "CAP_SYS_ADMIN"],
];
const cases = sets.flatMap((set): (readonly Privilege[])[] => [set, [...set, "group docker"]]);

describeLab("docknet as a user who is not root", () => {
  let lab: Lab;
  let host: LabHost;

  beforeAll(async () => {
    lab = await openLab();
    host = await startEngineHost(await startLan(lab), { name: "h1", number: 1 });
    const ports = [publishHttp(publishedPorts.web)];
    await runContainer(host, { name: "web", network: "bridge", ports });
    await mustOnHost(host, ["chgrp", socketGroup, "/run/docker.sock"]);
    await mustOnHost(host, ["chmod", "660", "/run/docker.sock"]);
  });

  afterAll(async () => {
    await lab?.close();
  });

  describe.each(cases.map((held) => ({ held, title: held.join(", ") || "no capability" })))(
    "with $title",
    ({ held }) => {
      let report: Report;

      beforeAll(async () => {
        const argv = [process.execPath, cli, "doctor", "--format", "json"] as const;
        const { code, stdout, stderr } = await onHost(host, [...holding(held), ...argv]);
        if (!stdout.startsWith("{")) throw new Error(`doctor ended with ${code}: ${stderr}`);
        report = JSON.parse(stdout);
      });

      test("does not know the facts that docs/reading.md says are lost", () => {
        const unknown = report.collectors.filter(({ state }) => state === "unknown");
        const lost = every.filter(({ fact }) => isLost(fact, held)).map(({ fact }) => fact);
        expect(unknown.map(({ fact }) => fact)).toEqual(lost);
      });

      test("names only capabilities that it does not hold, and one for each namespace not seen whole", () => {
        const { missingCapabilities, sandboxes } = report.coverage;
        const names: readonly string[] = held;
        expect(missingCapabilities.filter((each) => names.includes(each))).toEqual([]);
        if (sandboxes === undefined) return;
        const isWhole = ["CAP_SYS_ADMIN", "CAP_DAC_READ_SEARCH"].every((one) =>
          names.includes(one),
        );
        expect(sandboxes.inPart.length + sandboxes.unreadable.length > 0).toBe(!isWhole);
      });

      test("passes no check for which a fact is lost", () => {
        const blind = report.outcomes.filter(
          ({ requires, result }) =>
            result.status === "pass" && requires.some((fact) => isLost(fact, held)),
        );
        expect(blind.map(({ check }) => check.id)).toEqual([]);
      });
    },
  );
});

/** Whether the table says that a fact cannot be known: something that it always reads needs more, or a fact that it needs is lost. */
function isLost(fact: FactName, held: readonly Privilege[]): boolean {
  const collector = every.find((each) => each.fact === fact);
  if (collector === undefined) return false;
  const isRefused = ({ where, needs, loses }: Access): boolean =>
    where === undefined && loses === "fact" && needs.some((each) => !held.includes(each));
  return collector.reads.some(isRefused) || collector.needs.some((need) => isLost(need, held));
}

/** Runs what follows as an ordinary user with these capabilities and no others, and never with more. */
function holding(held: readonly Privilege[]): Argv {
  const words = held
    .filter((each) => each !== "group docker")
    .map((each) => `+${each.slice("CAP_".length).toLowerCase()}`);
  const caps = ["-all", ...words].join(",");
  const groups = held.includes("group docker") ? ["--groups", socketGroup] : ["--clear-groups"];
  return [
    "setpriv",
    "--reuid",
    user,
    "--regid",
    user,
    ...groups,
    "--no-new-privs",
    `--inh-caps=${caps}`,
    `--ambient-caps=${caps}`,
    `--bounding-set=${caps}`,
  ];
}
