import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { traceSchema } from "../../scripts/trace-schema.ts";
import { main } from "../../src/cli/main.ts";
import { openHost } from "../../src/cli/open-host.ts";
import { traceReport } from "../../src/cli/trace/trace.ts";
import { notPermitted } from "../../src/model/failure.ts";
import { aHost } from "../support/a-host.ts";
import { aWorld } from "../support/a-world.ts";

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function trace(...args: readonly string[]): Promise<Ended> {
  const fake = aWorld({ openHost });
  const exitCode = await main(["node", "docknet", "trace", ...args], fake.world);
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() };
}

function bundle(name: string): readonly string[] {
  return ["--bundle", join(import.meta.dirname, "../recordings", name)];
}

/** The answer without what was not read, which grows with what docknet reads. */
function answerOf(stdout: string): string {
  return stdout.split("\n  not read: ")[0] ?? "";
}

describe("docknet trace", () => {
  const dropped = bundle("lab-h1--docker-user-drops-uplink");

  test("names the rule of a real host that drops what comes for a published port, with 2", async () => {
    const { exitCode, stdout } = await trace("--from", "outside", "--to", "host:8080", ...dropped);
    expect(exitCode).toBe(2);
    await expect(answerOf(stdout)).toMatchFileSnapshot("../golden/trace/recorded-drop.txt");
    const page = readFileSync(join(import.meta.dirname, "../../docs/trace.md"), "utf8");
    expect(page).toContain(answerOf(stdout).trim());
  });

  test("prints the same as JSON, as its schema says", async () => {
    const ends = ["--from", "outside", "--to", "host:8080", "--size", "1400"];
    const { exitCode, stdout } = await trace(...ends, ...dropped, "--format", "json");
    const json: unknown = JSON.parse(stdout);
    expect([exitCode, traceSchema.parse(json)]).toEqual([2, json]);
    const { notes: _, tool: __, ...rest } = traceSchema.parse(json);
    await expect(`${JSON.stringify(rest, undefined, 2)}\n`).toMatchFileSnapshot(
      "../golden/trace/recorded-drop.json",
    );
  });

  test("is unsure with 3 where the bundle does not hold the container's namespace", async () => {
    const unseen = bundle("02-single-host-drivers-h1--healthy");
    const { exitCode, stdout } = await trace("--from", "outside", "--to", "host:8080", ...unseen);
    expect([exitCode, stdout.slice(0, 58)]).toEqual([
      3,
      "? Whether outside reaches host:8080/tcp is unsure: in host",
    ]);
  });

  test("lists the containers that there are, with 64", async () => {
    expect(await trace("--from", "wed", "--to", "host:8080", ...dropped)).toEqual({
      exitCode: 64,
      stdout: "",
      stderr:
        'docknet: no container is called "wed"\ncontainers: lonely, onlan, api, web, store, hostmode, client\n',
    });
  });

  test.each([
    [["--from", "web:80", "--to", "db:80"], "--from web:80: a port belongs to --to only"],
    [
      ["--from", "web", "--to", "db:80", "--size", "9"],
      '--size is "9": give the length of the IP packet in bytes, 28 to 65535',
    ],
    [["--from", "web", "--to", "db:x"], '--to: "db:x" is no endpoint: "x" is no port'],
    [["--from", "a\u001b[31m", "--to", "db:80"], '--from: "a\\x1b[31m" is no endpoint'],
  ])("refuses %j before it looks at the host", async (args, message) => {
    const { exitCode, stdout, stderr } = await trace(...args);
    expect([exitCode, stdout, stderr.split("\n")[0]]).toEqual([64, "", `docknet: ${message}`]);
  });

  test("ends with 66 where the bundle cannot be read", async () => {
    const { exitCode } = await trace("--from", "a", "--to", "b:1", ...bundle("no-such"));
    expect(exitCode).toBe(66);
  });

  test("prints its help", async () => {
    const { exitCode, stdout } = await trace("--help");
    expect(exitCode).toBe(0);
    await expect(stdout).toMatchFileSnapshot("../golden/cli/trace-help.txt");
  });
});

describe("a host of which a part is unknown", () => {
  const request = {
    from: { kind: "outside" },
    to: { kind: "host", port: 22 },
    protocol: "tcp",
  } as const;

  test("gives an unsure answer with what was not read", () => {
    const failure = notPermitted("iptables-save needs CAP_NET_ADMIN", "CAP_NET_ADMIN");
    const { snapshot } = aHost()
      .withFact("rulesets", { state: "unknown", failure })
      .withFact("sockets", { state: "unknown", failure });
    const report = traceReport(snapshot(), request);
    expect(report.ok && [report.value.fate, report.value.sentence, report.value.notes]).toEqual([
      "unsure",
      "Where the packet goes is unsure: rulesets: iptables-save needs CAP_NET_ADMIN, and 1 more could not be read.",
      ["rulesets: iptables-save needs CAP_NET_ADMIN", "sockets: iptables-save needs CAP_NET_ADMIN"],
    ]);
  });

  test("is sure of a drop though native nftables could not be read, and of nothing else", () => {
    const unreadable = aHost().withUnreadableNft("nft is missing");
    const fateOf = (host: typeof unreadable): unknown => {
      const report = traceReport(host.snapshot(), request);
      return report.ok && report.value.fate;
    };
    const closing = unreadable.withRule("-A INPUT -p tcp -m tcp --dport 22 -j DROP");
    expect([fateOf(unreadable), fateOf(closing)]).toEqual(["unsure", "dropped"]);
  });
});
