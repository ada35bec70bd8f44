import { afterAll, beforeAll, expect, test } from "vitest";
import type { WhyReport } from "../../src/model/why/why-report.ts";
import {
  containerAddress,
  containerFacts,
  type LabContainer,
  pauseContainer,
  runContainer,
  stopContainer,
} from "./support/containers.ts";
import { describeLab } from "./support/describe-lab.ts";
import { docknetOn } from "./support/docknet.ts";
import { type Lab, openLab } from "./support/lab.ts";
import { type LabHost, mustOnHost } from "./support/lab-host.ts";
import { inNetnsOf } from "./support/netns-exec.ts";
import { createNetwork } from "./support/networks.ts";
import { runRemedy } from "./support/remedy.ts";
import { startEngineHost, startLan } from "./support/standard-host.ts";
import { http, ping, resolveName } from "./support/traffic.ts";
import { fromContainer } from "./support/vantage.ts";

const port = 5432;
const question = `web cannot reach db:${port}`;

interface Break {
  readonly name: string;
  readonly kind: WhyReport["causes"][number]["kind"];
  /** What the cause says; parts that differ from run to run are left out. */
  readonly says: string;
  readonly arrange: () => Promise<unknown>;
  /** What does not work now, as real traffic tells. */
  readonly works: () => Promise<boolean>;
}

describeLab("docknet why", () => {
  let lab: Lab;
  let host: LabHost;
  let web: LabContainer;
  let db: LabContainer;
  let shy: LabContainer;

  beforeAll(async () => {
    lab = await openLab();
    host = await startEngineHost(await startLan(lab), { name: "h1", number: 1 });
    await createNetwork(host, { name: "apps", driver: "bridge" });
    await createNetwork(host, { name: "other", driver: "bridge" });
    const listensOn = { http: port, udpEcho: 5433 };
    [web, db, shy] = await Promise.all([
      runContainer(host, { name: "web", network: "apps", listensOn: { ...listensOn, http: 80 } }),
      runContainer(host, { name: "db", network: "apps", listensOn }),
      runContainer(host, {
        name: "shy",
        network: "apps",
        command: ["httpd", "-f", "-p", `127.0.0.1:${port}`, "-h", "/www"],
      }),
      runContainer(host, { name: "far", network: "other", listensOn }),
    ]);
  });

  afterAll(() => lab?.close());

  const reaches = async (): Promise<boolean> => {
    const address = await containerAddress(db, "apps").catch(() => undefined);
    if (address === undefined) return false;
    return (await http(fromContainer(web), { address, port })).reached;
  };
  const resolves = async (): Promise<boolean> =>
    (await resolveName(fromContainer(web), "db")).length > 0;
  const pings = async (): Promise<boolean> =>
    (await ping(fromContainer(web), await containerAddress(db, "apps"), { sizeBytes: 1400 }))
      .reached;

  const breaks: readonly Break[] = [
    {
      name: "the rules of the embedded DNS are flushed in the container's namespace",
      kind: "embedded-dns-broken",
      says: "the rules that lead to dockerd's socket are gone from its namespace",
      arrange: async () => {
        const { pid } = await containerFacts(web);
        await mustOnHost(host, inNetnsOf(pid, ["iptables", "-t", "nat", "-F"]));
      },
      works: resolves,
    },
    {
      name: "DOCKER-USER drops between the two",
      kind: "path-blocked",
      says: `packets from web to db:${port} are dropped in host: ipv4 filter DOCKER-USER rule 1: -A DOCKER-USER -p tcp -m tcp --dport ${port} -j DROP`,
      arrange: () =>
        mustOnHost(host, [
          ...["iptables", "-I", "DOCKER-USER", "-p", "tcp"],
          ...["--dport", String(port), "-j", "DROP"],
        ] as const),
      works: reaches,
    },
    {
      name: "the receiver's veth takes less than the others",
      kind: "link-too-small",
      says: "in host takes 1000 bytes and a full-size packet has 1500: it is lost and nobody is told",
      arrange: async () =>
        mustOnHost(host, ["ip", "link", "set", "dev", await vethOf(host, db), "mtu", "1000"]),
      works: pings,
    },
    {
      name: "the receiver is paused",
      kind: "container-paused",
      says: "db is paused",
      arrange: () => pauseContainer(db),
      works: reaches,
    },
    {
      name: "the receiver has exited",
      kind: "container-not-running",
      says: "db has exited: it has no network",
      arrange: () => stopContainer(db),
      works: reaches,
    },
  ];

  test("calls a healthy connection fine", async () => {
    expect([await reaches(), await resolves(), await pings()]).toEqual([true, true, true]);
    expect(await answerOf(host, question)).toEqual(fine);
  });

  test.each(breaks)("names the cause, and its remedy heals: $name", async (broken) => {
    await broken.arrange();
    expect(await broken.works()).toBe(false);
    const { code, report } = await why(host, question);
    const causes = report.causes.map(({ kind, message }) => [kind, message]);
    expect([code, report.outcome, causes]).toEqual([
      2,
      "broken",
      [[broken.kind, expect.stringContaining(broken.says)]],
    ]);
    for (const command of report.causes[0]?.remedy?.commands ?? []) {
      expect(await runRemedy(host, command)).toMatchObject({ code: 0 });
    }
    expect([await reaches(), await resolves(), await pings()]).toEqual([true, true, true]);
    expect(await answerOf(host, question)).toEqual(fine);
  });

  test("tells that a container listens on loopback only, and is fine once it listens for others", async () => {
    const shyQuestion = `web can't connect to shy on port ${port}`;
    const { code, report } = await why(host, shyQuestion);
    expect([code, report.causes.map(({ kind, message }) => [kind, message])]).toEqual([
      2,
      [
        [
          "listens-on-loopback",
          `in shy, a socket listens on 127.0.0.1:${port}/tcp only: nobody outside of shy reaches that`,
        ],
      ],
    ]);
    const { pid } = await containerFacts(shy);
    const open = ["busybox", "httpd", "-p", `0.0.0.0:${port + 1}`, "-h", "/tmp"] as const;
    await mustOnHost(host, inNetnsOf(pid, open));
    expect(await answerOf(host, `web shy:${port + 1}`)).toEqual(fine);
  });

  test("tells that two share no network, and that its remedy connects them", async () => {
    const farQuestion = `far -> db:${port}`;
    const { code, report } = await why(host, farQuestion);
    expect([code, report.causes.map(({ kind, message }) => [kind, message])]).toEqual([
      2,
      [
        [
          "no-shared-network",
          "no network holds both: far is on other (bridge), db on apps (bridge)",
        ],
      ],
    ]);
    for (const command of report.causes[0]?.remedy?.commands ?? []) {
      expect(await runRemedy(host, command)).toMatchObject({ code: 0 });
    }
    expect(await answerOf(host, farQuestion)).toEqual(fine);
  });
});

const fine = { code: 0, outcome: "fine", told: [], unknown: [] } as const;

interface Answer {
  readonly code: number;
  readonly report: WhyReport;
}

async function why(host: LabHost, sentence: string): Promise<Answer> {
  const { code, stdout, stderr } = await docknetOn(host, ["why", sentence, "--format", "json"]);
  if (!stdout.startsWith("{")) throw new Error(`${host.name}: why ended with ${code}: ${stderr}`);
  return { code, report: JSON.parse(stdout) };
}

/** The answer in the few words that tests compare. */
async function answerOf(host: LabHost, sentence: string) {
  const { code, report } = await why(host, sentence);
  const { outcome, causes, suspects, notes, unknown } = report;
  return {
    code,
    outcome,
    told: [...causes, ...suspects, ...notes].map(({ message }) => message),
    unknown: unknown.filter(({ isNeeded }) => isNeeded).map(({ text }) => text),
  };
}

/** The host's end of a container's veth pair. */
async function vethOf(host: LabHost, container: LabContainer): Promise<string> {
  const { pid } = await containerFacts(container);
  const inner = await mustOnHost(host, inNetnsOf(pid, ["ip", "-o", "link", "show", "eth0"]));
  const index = /eth0@if(\d+):/.exec(inner)?.[1] ?? "";
  const links = await mustOnHost(host, ["ip", "-o", "link", "show"]);
  const name = new RegExp(`^${index}: ([^@:]+)`, "m").exec(links)?.[1];
  if (name === undefined) throw new Error(`no link of ${host.name} leads to ${container.name}`);
  return name;
}
