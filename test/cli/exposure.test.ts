import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { exposureSchema } from "../../scripts/exposure-schema.ts";
import { exposureReport } from "../../src/cli/exposure/show-exposure.ts";
import { main } from "../../src/cli/main.ts";
import { openHost } from "../../src/cli/open-host.ts";
import { exposureTerminal } from "../../src/render/exposure-terminal.ts";
import { aHost } from "../support/a-host.ts";
import { aWorld } from "../support/a-world.ts";

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function exposure(...args: readonly string[]): Promise<Ended> {
  const fake = aWorld({ openHost });
  const exitCode = await main(["node", "docknet", "exposure", ...args], fake.world);
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() };
}

function bundle(name: string): readonly string[] {
  return ["--bundle", join(import.meta.dirname, "../recordings", name)];
}

const page = readFileSync(join(import.meta.dirname, "../../docs/exposure.md"), "utf8");

describe("docknet exposure", () => {
  test.each([
    ["02-single-host-drivers-h1--healthy", 0],
    ["10-trixie-26.1-nft-t1--healthy", 0],
    ["11-sid-28.5-nft-s1--healthy", 0],
    ["13-docker29.7-iptables-n1--healthy", 0],
    ["14-docker29.7-nftables-n2--healthy", 0],
    ["30-docker-user-drop-h1--after", 0],
    ["33-veth-detached-h1--after", 3],
    ["51-firewalld-docker26-f1--healthy", 0],
    ["56-ufw-enable-after-docker-f2--after", 0],
    ["58-ufw-docker26-f2--healthy-but-ufw-bypassed", 0],
    ["lab-h1-inside--healthy", 0],
  ])("says of %s who reaches what, with %i", async (name, code) => {
    const { exitCode, stdout } = await exposure(...bundle(name));
    await expect(stdout).toMatchFileSnapshot(`../golden/exposure/${name}.txt`);
    expect(exitCode).toBe(code);
  });

  test.each([
    "30-docker-user-drop-h1--after",
    "56-ufw-enable-after-docker-f2--after",
    "lab-h1-inside--healthy",
  ])("is printed in docs/exposure.md as it is: %s", async (name) => {
    const { stdout } = await exposure(...bundle(name));
    expect(page).toContain(stdout.trim());
  });

  test("prints the same as JSON, as its schema says", async () => {
    const name = "56-ufw-enable-after-docker-f2--after";
    const { exitCode, stdout } = await exposure(...bundle(name), "--format", "json");
    const json: unknown = JSON.parse(stdout);
    expect([exitCode, exposureSchema.parse(json)]).toEqual([0, json]);
    const { tool: _, ...rest } = exposureSchema.parse(json);
    await expect(`${JSON.stringify(rest, undefined, 2)}\n`).toMatchFileSnapshot(
      `../golden/exposure/${name}.json`,
    );
  });

  test("keeps to one family", async () => {
    const name = "56-ufw-enable-after-docker-f2--after";
    const { stdout } = await exposure(...bundle(name), "--family", "6", "--format", "json");
    const { ports } = exposureSchema.parse(JSON.parse(stdout));
    expect(ports.map(({ family }) => family)).toEqual(["ipv6"]);
  });

  test.each([
    [["--family", "5"], 64],
    [["--timeout", "soon"], 64],
    [bundle("no-such"), 66],
  ])("refuses %j with %i", async (args, code) => {
    const { exitCode, stdout } = await exposure(...args);
    expect([exitCode, stdout]).toEqual([code, ""]);
  });

  test("prints its help", async () => {
    const { exitCode, stdout } = await exposure("--help");
    expect(exitCode).toBe(0);
    await expect(stdout).toMatchFileSnapshot("../golden/cli/exposure-help.txt");
  });

  test("names rules that can never match, with what decides before them", () => {
    const late = aHost()
      .withRule("-A DOCKER-USER -s 203.0.113.0/24 -j DROP")
      .withRule("-A FORWARD -i docker0 -o eth0 -p tcp -j DROP");
    const { report } = exposureReport(late.snapshot(), undefined);
    const text = exposureTerminal(report, { columns: 80, colour: "off", detail: "all" });
    expect(text.slice(text.indexOf("Rules that"))).toBe(
      [
        "Rules that can never match",
        "! ipv4 filter FORWARD rule 11: -A FORWARD -i docker0 -o eth0 -p tcp -j DROP",
        "      decided before by ipv4 filter FORWARD rule 9: -A FORWARD -i docker0 ! -o",
        "      docker0 -j ACCEPT",
        "! ipv4 filter DOCKER-USER rule 2: -A DOCKER-USER -s 203.0.113.0/24 -j DROP (kept",
        "  by the administrator)",
        "      decided before by ipv4 filter DOCKER-USER rule 1: -A DOCKER-USER -j RETURN",
        "",
      ].join("\n"),
    );
  });

  test("prints hostile names harmlessly", () => {
    const hostile = aHost().withContainerChange("web", { name: "we\u001b[31mb\n" });
    const { report } = exposureReport(hostile.snapshot(), undefined);
    const text = exposureTerminal(report, { columns: 80, colour: "off", detail: "all" });
    expect([text.includes("\u001b"), text.includes("we\\x1b[31mb\\n:80")]).toEqual([false, true]);
  });
});
