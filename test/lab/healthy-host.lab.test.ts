import { afterAll, beforeAll, expect, test } from "vitest";
import { containerFacts, type LabContainer, restartContainer } from "./support/containers.ts";
import { type CrowdedHost, crowdedHost, crowdedPorts } from "./support/crowded-host.ts";
import { describeLab } from "./support/describe-lab.ts";
import {
  type Conclusion,
  conclusionOf,
  doctorOn,
  type Examination,
  healthy,
} from "./support/doctor.ts";
import { type Lab, openLab } from "./support/lab.ts";
import { mustOnHost } from "./support/lab-host.ts";
import { startLan } from "./support/standard-host.ts";
import { http } from "./support/traffic.ts";
import { fromOutside } from "./support/vantage.ts";

/** Firewalls that people set up on purpose, all healthy or at most worth a word. */
interface Custom {
  readonly name: string;
  readonly arrange: readonly string[];
  readonly undo: readonly string[];
  readonly concluded: Conclusion;
  /** Whether a client on the LAN reaches the port published on every address. */
  readonly open: boolean;
}

const closedPorts: Conclusion = {
  code: 0,
  findings: [
    "info traffic-blocked|chain:ipv4/filter/DOCKER-USER",
    "info docker-user-blocks-all|chain:ipv4/filter/DOCKER-USER",
  ],
  unknown: [],
};

const customs: readonly Custom[] = [
  {
    name: "DOCKER-USER drops one source",
    arrange: ["iptables -I DOCKER-USER -s 203.0.113.7 -j DROP"],
    undo: ["iptables -D DOCKER-USER -s 203.0.113.7 -j DROP"],
    concluded: healthy,
    open: true,
  },
  {
    name: "DOCKER-USER drops what is not of one subnet, as Docker's pages have it",
    arrange: [
      "iptables -I DOCKER-USER -i eth0 ! -s 10.99.0.0/24 -j DROP",
      "iptables -I DOCKER-USER -m state --state RELATED,ESTABLISHED -j ACCEPT",
    ],
    undo: [
      "iptables -D DOCKER-USER -i eth0 ! -s 10.99.0.0/24 -j DROP",
      "iptables -D DOCKER-USER -m state --state RELATED,ESTABLISHED -j ACCEPT",
    ],
    concluded: healthy,
    open: true,
  },
  {
    name: "DOCKER-USER lets one subnet in by an uplink",
    arrange: [
      "iptables -I DOCKER-USER -i eth0 ! -s 10.99.0.0/24 -m conntrack --ctstate NEW -j DROP",
    ],
    undo: ["iptables -D DOCKER-USER -i eth0 ! -s 10.99.0.0/24 -m conntrack --ctstate NEW -j DROP"],
    concluded: healthy,
    open: true,
  },
  {
    name: "DOCKER-USER accepts answers and closes the uplink",
    arrange: [
      "iptables -I DOCKER-USER -i eth0 -j DROP",
      "iptables -I DOCKER-USER -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    ],
    undo: [
      "iptables -D DOCKER-USER -i eth0 -j DROP",
      "iptables -D DOCKER-USER -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    ],
    concluded: closedPorts,
    open: false,
  },
  {
    name: "FORWARD has policy ACCEPT",
    arrange: ["iptables -P FORWARD ACCEPT"],
    undo: ["iptables -P FORWARD DROP"],
    concluded: healthy,
    open: true,
  },
  {
    name: "INPUT has policy DROP with the usual accepts",
    arrange: [
      "iptables -A INPUT -i lo -j ACCEPT",
      "iptables -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
      "iptables -A INPUT -p tcp --dport 22 -j ACCEPT",
      "iptables -P INPUT DROP",
    ],
    undo: ["iptables -P INPUT ACCEPT", "iptables -F INPUT"],
    concluded: healthy,
    open: true,
  },
];

describeLab("a healthy host", () => {
  let lab: Lab;
  let crowded: CrowdedHost;

  beforeAll(async () => {
    lab = await openLab();
    crowded = await crowdedHost(await startLan(lab));
  });

  afterAll(async () => {
    await lab?.close();
  });

  test("raises no alarm with every kind of network and container", async () => {
    expect(conclusionOf(await doctorOn(crowded.host))).toEqual(healthy);
  });

  test("judges the rest while a container restarts again and again", async () => {
    const { host, looping, web } = crowded;
    const churn = new AbortController();
    const churned = restartAgainAndAgain(looping, churn.signal);
    const examinations: Examination[] = [];
    // A look between two restarts sees a container that stands still, and judges it: go on until some have seen it move.
    const hasMoved = ({ report }: Examination): boolean => report.moving.length > 0;
    while (examinations.filter(hasMoved).length < 3 && examinations.length < 30) {
      examinations.push(await doctorOn(host));
    }
    churn.abort();
    expect(await churned).toBeGreaterThan(5);
    expect(examinations.filter(hasMoved)).toHaveLength(3);
    for (const examination of examinations) {
      expect(conclusionOf(examination)).toEqual(healthy);
      const { moving, readings } = examination.report;
      expect([[], ["looping"]]).toContainEqual(moving);
      expect(readings.intents).toMatchObject({ degraded: 0, failed: 0, unsure: 0 });
      expect(readings.intents.kept).toBeGreaterThanOrEqual(20);
    }
    expect((await containerFacts(web)).running).toBe(true);
  });

  test.each(customs)("raises no false alarm: $name", async (custom) => {
    const { host, outside } = crowded;
    for (const line of custom.arrange) await mustOnHost(host, ["sh", "-c", line]);
    const concluded = conclusionOf(await doctorOn(host));
    const web = { address: host.addresses.ipv4, port: crowdedPorts.web };
    const { reached } = await http(fromOutside(outside), web);
    for (const line of custom.undo) await mustOnHost(host, ["sh", "-c", line]);
    expect({ concluded, reached }).toEqual({ concluded: custom.concluded, reached: custom.open });
  });
});

/** Until the signal; gives how often. */
async function restartAgainAndAgain(container: LabContainer, signal: AbortSignal): Promise<number> {
  let times = 0;
  for (; !signal.aborted; times += 1) await restartContainer(container);
  return times;
}
