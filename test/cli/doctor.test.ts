import { describe, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { version } from "../../src/cli/version.ts";
import { unparsable } from "../../src/model/failure.ts";
import { jsonReport } from "../../src/render/json.ts";
import { terminalReport } from "../../src/render/terminal.ts";
import { aReport } from "../support/a-report.ts";
import { aWorld, type FakeWorld } from "../support/a-world.ts";
import { sampleReports } from "../support/sample-reports.ts";

const page = { columns: 80, colour: "off", detail: "folded" } as const;
const critical = sampleReports["one-cause-six-symptoms"] ?? aReport();
const unknown = sampleReports["unprivileged"] ?? aReport();

function doctor(fake: FakeWorld, ...args: readonly string[]): Promise<number> {
  return main(["node", "docknet", "doctor", ...args], fake.world);
}

describe("docknet doctor", () => {
  test("prints the report on stdout, nothing on stderr, and ends with its code", async () => {
    const fake = aWorld({ report: critical });
    const exitCode = await doctor(fake);
    expect([exitCode, fake.stdout(), fake.stderr()]).toEqual([
      2,
      terminalReport(critical, { ...page, exitCode: 2 }),
      "",
    ]);
  });

  test("prints the report as JSON with the same code", async () => {
    const fake = aWorld({ report: critical });
    const exitCode = await doctor(fake, "--format", "json");
    expect([exitCode, fake.stdout()]).toEqual([2, jsonReport(critical)]);
  });

  test("lists what is folded on request", async () => {
    const fake = aWorld();
    await doctor(fake, "--verbose");
    expect(fake.stdout()).toBe(terminalReport(aReport(), { ...page, detail: "all", exitCode: 0 }));
  });

  test("looks at this host for at most 30 s through the default socket", async () => {
    const fake = aWorld();
    await doctor(fake);
    expect(fake.sources).toEqual([
      { kind: "live", dockerSocket: "/var/run/docker.sock", timeoutMs: 30_000 },
    ]);
  });

  test("takes the socket from the flag before the variable", async () => {
    const fake = aWorld({ env: { DOCKER_HOST: "unix:///run/b.sock" } });
    await doctor(fake, "--timeout", "1m30s");
    await doctor(fake, "--docker-host", "unix:///run/a.sock");
    expect(fake.sources).toEqual([
      { kind: "live", dockerSocket: "/run/b.sock", timeoutMs: 90_000 },
      { kind: "live", dockerSocket: "/run/a.sock", timeoutMs: 30_000 },
    ]);
  });

  test("reads a bundle whatever DOCKER_HOST says", async () => {
    const fake = aWorld({ env: { DOCKER_HOST: "tcp://10.0.0.1:2375" } });
    expect(await doctor(fake, "--bundle", "web.tar.gz")).toBe(0);
    expect(fake.sources).toEqual([{ kind: "bundle", path: "web.tar.gz" }]);
  });

  test("says that a remote engine is not what it looks at", async () => {
    const advice = "docknet reads the Docker Engine of its own host, over its unix socket";
    const byVariable = aWorld({ env: { DOCKER_HOST: "tcp://10.0.0.1:2375" } });
    const byFlag = aWorld();
    expect(await doctor(byVariable)).toBe(78);
    expect(await doctor(byFlag, "--docker-host", "ssh://a@b")).toBe(64);
    expect([byVariable.stderr(), byFlag.stderr()]).toEqual([
      `docknet: DOCKER_HOST is "tcp://10.0.0.1:2375": ${advice}; give --docker-host unix:///var/run/docker.sock\n`,
      `docknet: --docker-host is "ssh://a@b": ${advice}; give --docker-host unix:///var/run/docker.sock\n`,
    ]);
  });

  test("ends with 66 and the reason when the bundle cannot be read", async () => {
    const fake = aWorld({
      openHost: async () => ({ ok: false, failure: unparsable("x.tar.gz is cut\u001b[31m off") }),
    });
    expect(await doctor(fake, "--bundle", "x.tar.gz")).toBe(66);
    expect([fake.stdout(), fake.stderr()]).toEqual(["", "docknet: x.tar.gz is cut\\x1b[31m off\n"]);
  });

  test("ends with 70 and a short message on a bug of its own", async () => {
    const fake = aWorld({
      runPipeline: async () => {
        throw new TypeError("undefined is not a report");
      },
    });
    expect(await doctor(fake)).toBe(70);
    expect([
      fake.stdout(),
      fake.stderr().split(" at ")[0],
      fake.stderr().split("\n").length,
    ]).toEqual(["", "docknet: docknet's own fault: TypeError: undefined is not a report", 2]);
  });

  test("counts what --fail-on says", async () => {
    const codes = await Promise.all(
      ["info", "warning", "critical", "never"].flatMap((failOn) =>
        [critical, unknown, aReport()].map((report) =>
          doctor(aWorld({ report }), "--fail-on", failOn),
        ),
      ),
    );
    expect(codes).toEqual([2, 3, 0, 2, 3, 0, 2, 3, 0, 0, 0, 0]);
  });

  test.each([
    ["--format", "yaml"],
    ["--fail-on", "fatal"],
    ["--timeout", "soon"],
    ["--timeout", "0s"],
    ["--only", "no-such-check"],
    ["--ignore", "no-such-check:host"],
    ["--unheard-of"],
    ["--bundle"],
    ["operand"],
  ])("ends with 64 and says why on %s %s", async (...args) => {
    const fake = aWorld();
    const exitCode = await doctor(fake, ...args.filter((arg) => arg !== undefined));
    expect([exitCode, fake.stdout(), fake.plans.length]).toEqual([64, "", 0]);
    expect(fake.stderr()).not.toBe("");
  });

  test("shows progress on a terminal only, and wipes it before the report", async () => {
    const onTerminal = aWorld({ stderrIsTerminal: true });
    const offTerminal = aWorld();
    await doctor(onTerminal);
    await doctor(offTerminal);
    const wipe = "\r\u001b[2K";
    expect([onTerminal.stderr(), offTerminal.stderr()]).toEqual([
      `${wipe}looked at 1 of 2: routes${wipe}judging what was seen${wipe}`,
      "",
    ]);
  });

  test("colours on a terminal, unless NO_COLOR, TERM or --no-color says no", async () => {
    const plain = terminalReport(aReport(), { ...page, exitCode: 0 });
    const coloured = aWorld({ stdoutIsTerminal: true });
    await doctor(coloured);
    expect(coloured.stdout()).toBe(
      terminalReport(aReport(), { ...page, colour: "on", exitCode: 0 }),
    );
    expect(coloured.stdout()).not.toBe(plain);
    for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
      const fake = aWorld({ stdoutIsTerminal: true, env });
      await doctor(fake);
      expect(fake.stdout()).toBe(plain);
    }
    const flagged = aWorld({ stdoutIsTerminal: true });
    await doctor(flagged, "--no-color");
    expect(flagged.stdout()).toBe(plain);
  });

  test("gives its version to the report", async () => {
    const fake = aWorld();
    await doctor(fake);
    expect(fake.plans.map(({ toolVersion }) => toolVersion)).toEqual([version]);
  });
});
