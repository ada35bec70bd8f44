import type { Failure } from "../../src/model/failure.ts";
import { notPermitted } from "../../src/model/failure.ts";
import type { CheckMeta, Finding, Report } from "../../src/model/finding.ts";
import { aCollector, aFailure, aFinding, anOutcome, aReport } from "./a-report.ts";

const nineChecks = [
  "ip-forward-off",
  "if-forwarding-off",
  "forward-policy-drop-no-docker-rules",
  "docker-chains-flushed",
  "nat-masquerade-missing",
  "dnat-missing",
  "docker-user-blocks-all",
  "bridge-down",
  "bridge-no-ip",
] as const;

/** Reports of hosts that a reader meets, by situation. */
export const sampleReports: Readonly<Record<string, Report>> = {
  healthy: aReport(),
  "one-cause-six-symptoms": oneCause(),
  "many-unknown": manyUnknown(),
  "hostile-names": hostileNames(),
  "docker-absent": dockerAbsent(),
  unprivileged: unprivileged(),
  "many-of-one-check": manyOfOneCheck(),
  "ignored-and-broken": ignoredAndBroken(),
};

function oneCause(): Report {
  const cause = aFinding({
    intents: ["egress:api@appnet/ipv4", "egress:web@appnet/ipv4", "publish-reply:web@8080/tcp"],
    proof: { mends: 9, of: 9 },
  });
  const symptom = (network: string): Finding =>
    aFinding({
      check: "traffic-blocked",
      subject: { kind: "network", name: network },
      message: `containers of network ${network} cannot reach the outside`,
      intents: [`egress:db@${network}/ipv4`],
      explainedBy: cause.fingerprint,
    });
  const lostClient = aFinding({
    check: "dnat-missing",
    subject: {
      kind: "published-port",
      container: "web",
      binding: { address: "0.0.0.0", hostPort: 8080, protocol: "tcp" },
    },
    message: "container web: published port 0.0.0.0:8080/tcp is served through docker-proxy",
    explainedBy: cause.fingerprint,
  });
  return aReport({
    outcomes: [
      aFailure([cause]),
      aFailure([symptom("a"), symptom("b"), symptom("c"), symptom("d"), symptom("e")]),
      aFailure([lostClient], { meta: { severity: "warning" } }),
      anOutcome({ status: "pass" }, { id: "bridge-down", passTitle: "Every bridge is up" }),
      anOutcome({ status: "not-applicable", reason: "no swarm" }, { id: "swarm-port-blocked" }),
    ],
    readings: { intents: { kept: 39, degraded: 0, failed: 9, unsure: 0 } },
  });
}

function manyUnknown(): Report {
  const failure: Failure = {
    kind: "timed-out",
    message: "the Docker Engine at /var/run/docker.sock accepts and does not answer within 10 s",
    timeoutMs: 10_000,
  };
  const blind = (id: string): ReturnType<typeof anOutcome> =>
    anOutcome(
      { status: "unknown", because: [{ about: "dockerNetworks", reason: failure.message }] },
      { id },
    );
  const unjudged = anOutcome(
    {
      status: "unknown",
      because: [
        {
          about: "rule 3 of ip/filter/FORWARD",
          reason: "the walk cannot judge the match `-m set --match-set blocked src`",
          nextStep: "ipset list blocked",
        },
      ],
    },
    { id: "traffic-blocked", area: "docker" },
  );
  const {
    docker: _,
    containersRunning: __,
    containersTotal: ___,
    ...readings
  } = aReport().readings;
  return {
    ...aReport({
      outcomes: [...nineChecks.map(blind), unjudged],
      collectors: [
        aCollector(),
        ...(["dockerDaemon", "dockerNetworks", "containers", "swarmNodes"] as const).map((fact) =>
          aCollector({ fact, state: "unknown", reason: failure.message, failure }),
        ),
        aCollector({ fact: "routes", ignoredLines: 3 }),
      ],
    }),
    readings: { ...readings, dockerState: "unknown" },
  };
}

function hostileNames(): Report {
  const name = "evil\u001b[2J\u001b]0;owned\u0007\nstatus ok, exit code 0\u202egnp.exe\u009b31m";
  const finding = aFinding({
    check: "bridge-down",
    subject: { kind: "network", name },
    message: `bridge br-\u001b[31m (network ${name}) is down`,
    observed: "state DOWN\r\u2028UP",
    expected: "state UP",
    evidence: [
      {
        source: { kind: "command", argv: ["ip", "-j", "-d", "addr"], netns: "/run/\u001b[0m/x" },
        text: `5: br-\u001b[31m: <BROADCAST> mtu 1500\u200b ${"x".repeat(700)}`,
      },
    ],
    remedy: {
      summary: `bring the bridge of ${name} up`,
      commands: ["ip link set 'br-\u001b[31m' up"],
      persistent: [],
    },
    intents: [`egress:${name}@web/ipv4`],
  });
  return aReport({
    host: { hostname: "host\u001b[1m\u2066", kernel: "6.1\n", distribution: "Debian\tGNU" },
    moving: ["moving\u001b[5m"],
    outcomes: [aFailure([finding], { meta: { area: "link" } })],
    collectors: [
      aCollector({
        fact: "sockets",
        state: "unknown",
        failure: {
          kind: "exit",
          message: "ss: \u001b[31mboom\nagain",
          exitCode: 1,
          stderr: "\u001b",
        },
      }),
    ],
  });
}

function dockerAbsent(): Report {
  const reason = "Docker is not installed: there is no socket at /var/run/docker.sock";
  const {
    docker: _,
    containersRunning: __,
    containersTotal: ___,
    networks: ____,
    ...readings
  } = aReport().readings;
  return {
    ...aReport({
      outcomes: nineChecks.map((id) => anOutcome({ status: "not-applicable", reason }, { id })),
      collectors: [
        aCollector(),
        aCollector({ fact: "dockerNetworks", state: "absent", reason }),
        aCollector({ fact: "containers", state: "absent", reason }),
      ],
      durationMs: 84,
    }),
    readings: {
      ...readings,
      dockerState: "not-installed",
      intents: { kept: 0, degraded: 0, failed: 0, unsure: 0 },
    },
  };
}

function unprivileged(): Report {
  const rules = notPermitted(
    "iptables-nft-save needs CAP_NET_ADMIN; run docknet as root",
    "CAP_NET_ADMIN",
  );
  const socket = notPermitted(
    "no permission for /var/run/docker.sock; add the user to group docker or run as root",
  );
  const blind = (id: string): ReturnType<typeof anOutcome> =>
    anOutcome(
      {
        status: "unknown",
        because: [
          { about: "rulesets", reason: rules.message },
          { about: "dockerNetworks", reason: socket.message },
        ],
      },
      { id },
    );
  const {
    docker: _,
    containersRunning: __,
    containersTotal: ___,
    networks: ____,
    ...readings
  } = aReport().readings;
  return {
    ...aReport({
      outcomes: nineChecks.map(blind),
      collectors: [
        aCollector(),
        aCollector({ fact: "rulesets", state: "unknown", failure: rules }),
        aCollector({ fact: "dockerDaemon", state: "unknown", failure: socket }),
        aCollector({ fact: "dockerNetworks", state: "unknown", failure: socket }),
        aCollector({ fact: "containers", state: "unknown", failure: socket }),
      ],
    }),
    readings: { ...readings, dockerState: "unknown", iptablesBackend: "unknown" },
  };
}

function manyOfOneCheck(): Report {
  const meta: Partial<CheckMeta> = { area: "overlay", references: ["https://docs.docker.com/"] };
  const blocked = (port: number, protocol: "tcp" | "udp"): Finding =>
    aFinding({
      check: "swarm-port-blocked",
      subject: { kind: "swarm-port", port, protocol },
      message: `port ${port}/${protocol} is dropped by a rule of INPUT before the daemon sees it`,
      observed: "-A INPUT -j DROP",
      expected: "packets of the other nodes reach the daemon",
      evidence: [
        {
          source: { kind: "command", argv: ["iptables-nft-save", "-c"] },
          line: 12,
          text: "[0:0] -A INPUT -j DROP",
        },
      ],
      remedy: {
        summary: "Remove the rule",
        commands: ["iptables -D INPUT -j DROP"],
        persistent: ["remove the rule from the firewall's own configuration"],
      },
    });
  const info = aFinding({
    check: "docker-user-blocks-all",
    subject: { kind: "chain", family: "ipv4", table: "filter", chain: "DOCKER-USER" },
    message: "chain DOCKER-USER drops everything, and no container runs",
    severity: "info",
  });
  return aReport({
    outcomes: [
      aFailure([info]),
      aFailure(
        [blocked(2377, "tcp"), blocked(7946, "tcp"), blocked(7946, "udp"), blocked(4789, "udp")],
        { meta },
      ),
    ],
    readings: {
      docker: {
        version: "29.1.2",
        apiVersion: "1.52",
        firewallBackend: "iptables",
        swarmRole: "manager",
        swarmState: "active",
      },
    },
  });
}

function ignoredAndBroken(): Report {
  const ignored = aFinding({ suppressed: true });
  const silenced = aFinding({
    check: "traffic-blocked",
    subject: { kind: "network", name: "web" },
    message: "containers of network web cannot reach the outside",
    explainedBy: ignored.fingerprint,
  });
  return aReport({
    moving: ["job-7", "job-8"],
    torn: true,
    outcomes: [
      aFailure([ignored]),
      aFailure([silenced]),
      anOutcome({ status: "broken", error: "cannot read properties of undefined" }, { id: "x-y" }),
    ],
  });
}
