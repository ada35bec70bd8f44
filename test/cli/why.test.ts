import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { whySchema } from "../../scripts/why-schema.ts";
import { main } from "../../src/cli/main.ts";
import { openHost } from "../../src/cli/open-host.ts";
import { whyReport } from "../../src/cli/why/why.ts";
import { notPermitted } from "../../src/model/failure.ts";
import { aHost } from "../support/a-host.ts";
import { aWorld } from "../support/a-world.ts";

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function why(...args: readonly string[]): Promise<Ended> {
  const fake = aWorld({ openHost });
  const exitCode = await main(["node", "docknet", "why", ...args], fake.world);
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() };
}

function on(recording: string): readonly string[] {
  return ["--bundle", join(import.meta.dirname, "../recordings", recording)];
}

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/why.md"), "utf8");
const inside = "lab-h1-inside--healthy";
/** Examples of the page. */
const onPage: ReadonlySet<string> = new Set([
  ...["healthy", "no-shared-network", "default-bridge-name", "no-listener", "chains-flushed"],
]);

describe("docknet why", () => {
  test.each([
    ["healthy", 0, "client cannot reach api:80", inside],
    ["no-listener", 2, "client can't connect to api on port 81", inside],
    ["no-shared-network", 2, "store api:80", inside],
    ["default-bridge-name", 2, "web mighty:80", inside],
    ["by-address", 0, "web 172.17.0.3:80", inside],
    ["other-container's-network", 2, "client rider:80", inside],
    ["host-network", 2, "client hostmode:8090", inside],
    ["no-network", 2, "lonely api:80", inside],
    ["macvlan", 2, "onlan host:8090", inside],
    ["internal", 2, "store outside:443", inside],
    ["published", 0, "outside host:8080", inside],
    ["ping", 3, "client cannot ping api", inside],
    ["dropped", 2, "outside cannot reach host:8080", "lab-h1--docker-user-drops-uplink"],
    ["bridge-down", 2, "outside cannot reach host:8080", "lab-h1--bridge-down"],
    ["chains-flushed", 2, "client api:80", "lab-h1--chains-flushed"],
    ["forwarding-off", 2, "web outside:443", "lab-h1--ip-forward-off"],
    ["not-read", 3, "c1 c2:80", "26-iptables-f-nat-h1--after"],
  ] as const)("answers on a recorded host: %s", async (...[name, code, question, recording]) => {
    const { exitCode, stdout, stderr } = await why(question, ...on(recording));
    expect([exitCode, stderr]).toEqual([code, ""]);
    await expect(stdout).toMatchFileSnapshot(`../golden/why/${name}.txt`);
    expect(onPage.has(name) ? page : stdout).toContain(stdout.trim());
  });

  const validate = new Ajv2020({ strict: false }).compile(
    JSON.parse(readFileSync(join(root, "docs/why.schema.json"), "utf8")),
  );

  test.each([
    ["client api:80", inside],
    ["client api:81", inside],
    ["mighty api:80", inside],
    ["lonely api:80", inside],
    ["client cannot ping api", inside],
    ["outside host:8080", "lab-h1--bridge-down"],
    ["client api:80", "lab-h1--chains-flushed"],
    ["c1 c2:80", "26-iptables-f-nat-h1--after"],
  ])("prints JSON that fits its schema: %s on %s", async (question, recording) => {
    const { stdout } = await why(question, ...on(recording), "--format", "json");
    const json: unknown = JSON.parse(stdout);
    validate(json);
    expect(validate.errors ?? []).toEqual([]);
    // Nothing is printed that the schema does not name.
    expect(whySchema.parse(json)).toEqual(json);
  });

  test("refuses what is no answer", () => {
    const verdicts = [{}, { schemaVersion: 2 }].map((value) => validate(value));
    expect(verdicts).toEqual([false, false]);
  });

  test.each([
    [["wed", "api:80"], 'no container is called "wed"'],
    [["web", "frobnicates"], 'no container is called "frobnicates"'],
    [["web"], '"web" is no question that docknet understands'],
    [
      ["web", "api:80/udp", "--proto", "tcp"],
      "--proto says tcp and the question udp: leave one of them away",
    ],
    [["web\u001b[31m", "api:80"], '"web\\x1b[31m" is no endpoint'],
    [["client", "api:80", "--family", "6"], "container api has no ipv6 address"],
  ])("refuses %j with 64 and says what there is", async (args, message) => {
    const { exitCode, stdout, stderr } = await why(...args, ...on(inside));
    expect([exitCode, stdout, stderr.split("\n")[0]]).toEqual([64, "", `docknet: ${message}`]);
  });

  test("takes the words as a sentence or one by one, and --proto", async () => {
    const { stdout } = await why(
      "client",
      "cannot",
      "reach",
      "api:53",
      "--proto",
      "udp",
      ...on(inside),
    );
    expect(stdout.split("\n")[0]).toBe(
      "✓ Nothing on this host keeps client from reaching api:53/udp.",
    );
  });

  test("ends with 66 where the bundle cannot be read, with 64 for a bad timeout", async () => {
    expect((await why("web", "db:1", ...on("no-such"))).exitCode).toBe(66);
    expect((await why("web", "db:1", "--timeout", "soon", ...on(inside))).exitCode).toBe(64);
  });

  test("prints its help", async () => {
    const { exitCode, stdout } = await why("--help");
    expect(exitCode).toBe(0);
    await expect(stdout).toMatchFileSnapshot("../golden/cli/why-help.txt");
  });
});

describe("a host without containers", () => {
  test("says why there are none", () => {
    const absent = { state: "absent", reason: "dockerd does not run" } as const;
    const snapshot = aHost().withFact("containers", absent).snapshot();
    const to = { kind: "container", name: "db", port: 5432 } as const;
    const from = { kind: "host" } as const;
    expect(whyReport({ snapshot, collectors: [] }, { from, to })).toEqual({
      ok: false,
      message: 'no container is called "db"\ncontainers: none: dockerd does not run',
    });
  });
});

describe("a host of which a part is unknown", () => {
  const request = {
    from: { kind: "container", name: "web" },
    to: { kind: "container", name: "db", port: 5432 },
  } as const;

  test("gives an unsure answer with all that was not read", () => {
    const failure = notPermitted("iptables-save needs CAP_NET_ADMIN", "CAP_NET_ADMIN");
    const snapshot = aHost().withFact("rulesets", { state: "unknown", failure }).snapshot();
    const report = whyReport({ snapshot, collectors: [] }, request);
    expect(
      report.ok && [report.value.outcome, report.value.sentence, report.value.unknown],
    ).toEqual([
      "unsure",
      "Whether web reaches db:5432 is unsure: rulesets: iptables-save needs CAP_NET_ADMIN.",
      [
        {
          topic: "path",
          text: "rulesets: iptables-save needs CAP_NET_ADMIN",
          isNeeded: true,
        },
      ],
    ]);
  });
});
