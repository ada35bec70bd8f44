import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { diffSchema } from "../../scripts/diff-schema.ts";
import { diffReport } from "../../src/cli/diff/show-diff.ts";
import { main } from "../../src/cli/main.ts";
import { openHost } from "../../src/cli/open-host.ts";
import { diffTerminal } from "../../src/render/diff-terminal.ts";
import { aHost } from "../support/a-host.ts";
import { aWorld } from "../support/a-world.ts";

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function diff(...args: readonly string[]): Promise<Ended> {
  const fake = aWorld({ openHost });
  const exitCode = await main(["node", "docknet", "diff", ...args], fake.world);
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() };
}

function bundle(name: string): string {
  return join(import.meta.dirname, "../recordings", name);
}

/** Recorded faults: which promises broke in truth stands in each one's report. */
const faults = [
  ["25-iptables-f-filter-h1", 2],
  ["26-iptables-f-nat-h1", 2],
  ["28-ip-forward-0-h1", 2],
  ["29a-eth0-forwarding-0-h1", 2],
  ["30-docker-user-drop-h1", 2],
  ["31-masquerade-removed-h1", 2],
  ["33-veth-detached-h1", 3],
  ["35-bridge-down-h1", 2],
  ["40-nft-drop-other-table-h1", 2],
  ["42-fwd-policy-drop-only-h1", 0],
  ["45-route-shadows-bridge-subnet-h1", 2],
  ["52-firewalld-reload-f1", 0],
  ["56-ufw-enable-after-docker-f2", 0],
  ["24-drop-4789-udp-h2", 2],
] as const;

describe("docknet diff", () => {
  test.each(faults)("names what %s broke, with %i", async (name, code) => {
    const { exitCode, stdout } = await diff(bundle(`${name}--before`), bundle(`${name}--after`));
    await expect(stdout).toMatchFileSnapshot(`../golden/diff/${name}.txt`);
    expect(exitCode).toBe(code);
  });

  test.each(faults)("finds nothing broken on the way back from %s", async (name) => {
    const { exitCode, stdout } = await diff(
      ...[bundle(`${name}--after`), bundle(`${name}--before`)],
      ...["--format", "json"],
    );
    const { changes } = diffSchema.parse(JSON.parse(stdout));
    expect(changes.filter(({ change }) => change === "broken")).toEqual([]);
    expect([0, 3]).toContain(exitCode);
  });

  test("prints the same as JSON, as its schema says", async () => {
    const name = "30-docker-user-drop-h1";
    const ends = [bundle(`${name}--before`), bundle(`${name}--after`)];
    const { stdout } = await diff(...ends, "--format", "json");
    const json: unknown = JSON.parse(stdout);
    expect(diffSchema.parse(json)).toEqual(json);
    const { tool: _, ...rest } = diffSchema.parse(json);
    await expect(`${JSON.stringify(rest, undefined, 2)}\n`).toMatchFileSnapshot(
      `../golden/diff/${name}.json`,
    );
  });

  test.each(["26-iptables-f-nat-h1", "35-bridge-down-h1"])(
    "is printed in docs/diff.md as it is: %s",
    async (name) => {
      const page = readFileSync(join(import.meta.dirname, "../../docs/diff.md"), "utf8");
      const { stdout } = await diff(bundle(`${name}--before`), bundle(`${name}--after`));
      expect(page).toContain(stdout.trim());
    },
  );

  test.each([
    [[], 64],
    [[bundle("no-such"), bundle("no-such")], 66],
    [[bundle("35-bridge-down-h1--after"), bundle("no-such")], 66],
    [[bundle("35-bridge-down-h1--after"), "--timeout", "soon"], 64],
  ])("refuses %j with %i", async (args, code) => {
    const { exitCode, stdout } = await diff(...args);
    expect([exitCode, stdout]).toEqual([code, ""]);
  });

  test("prints its help", async () => {
    const { exitCode, stdout } = await diff("--help");
    expect(exitCode).toBe(0);
    await expect(stdout).toMatchFileSnapshot("../golden/cli/diff-help.txt");
  });

  test("prints hostile names harmlessly, and says that the hosts are two", () => {
    const other = aHost().withFacts({
      hostIdentity: { hostname: "other", kernel: "6.18.44" },
    });
    const hostile = other.withContainerChange("web", { name: "we\u001b[31mb" });
    const { report } = diffReport(aHost().snapshot(), hostile.snapshot());
    const text = diffTerminal(report, { columns: 80, colour: "off", detail: "all" });
    expect([text.includes("\u001b"), text.includes("we\\x1b[31mb")]).toEqual([false, true]);
    expect(text).toContain("note: the two are of different hosts");
  });
});
