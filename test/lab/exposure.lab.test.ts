import { afterAll, beforeAll, expect, test } from "vitest";
import { exposureSchema } from "../../scripts/exposure-schema.ts";
import type {
  ExposedAddress,
  ExposedPort,
  ExposureReport,
  ExposureWay,
} from "../../src/model/exposure/exposure-report.ts";
import { publishHttp, publishUdpEcho, runContainer } from "./support/containers.ts";
import { describeLab } from "./support/describe-lab.ts";
import { docknetOn } from "./support/docknet.ts";
import { type FarClients, startFarClients } from "./support/far-clients.ts";
import { type Lab, openLab } from "./support/lab.ts";
import { type LabHost, mustOnHost } from "./support/lab-host.ts";
import { type Lan, startEngineHost, startLan } from "./support/standard-host.ts";
import { http, udpEcho } from "./support/traffic.ts";
import { fromHost, fromOutside, type Vantage } from "./support/vantage.ts";

const ports = { open: 8080, loopback: 8081, given: 8082, ipv6: 8083, hostMode: 8090, udp: 5300 };

describeLab("docknet exposure on a real host", () => {
  let lab: Lab;
  let lan: Lan;
  let host: LabHost;
  let clients: FarClients;

  beforeAll(async () => {
    lab = await openLab();
    lan = await startLan(lab);
    [host, clients] = await Promise.all([
      startEngineHost(lan, { name: "h1", number: 1 }),
      startFarClients(lan),
    ]);
    const published = [
      publishHttp(ports.open),
      publishHttp(ports.loopback, "127.0.0.1"),
      publishHttp(ports.given, host.addresses.ipv4),
      publishHttp(ports.ipv6, host.addresses.ipv6),
      publishUdpEcho(ports.udp),
    ];
    await runContainer(host, { name: "web", network: "bridge", ports: published });
    await runContainer(host, {
      name: "hostmode",
      network: "host",
      listensOn: { http: ports.hostMode, udpEcho: 5390 },
    });
    const { ipv4 } = host.addresses;
    await clients.routeBy(ipv4, ["172.17.0.0/16", "127.0.0.1/32"]);
  });

  afterAll(async () => {
    await lab?.close();
  });

  test("says of every way whether a connection gets through, and is right", async () => {
    const report = await exposureOf(host);
    expect(levelsOf(report)).toEqual({
      "0.0.0.0:5300/udp web": "anyone",
      ":::5300/udp web": "anyone",
      "0.0.0.0:8080/tcp web": "anyone",
      ":::8080/tcp web": "anyone",
      "127.0.0.1:8081/tcp web": "host, by route lan",
      "10.99.0.1:8082/tcp web": "anyone",
      "fd00:99::1:8083/tcp web": "anyone",
      "0.0.0.0:8090/tcp hostmode": "anyone",
      ":::8090/tcp hostmode": "anyone",
    });
    await compare(report);
  });

  test("sees what DOCKER-USER takes from whom", async () => {
    const only = ["-i", "eth0", "!", "-s", "10.99.0.0/24", "-p", "tcp", "-j", "DROP"];
    await mustOnHost(host, ["iptables", "-I", "DOCKER-USER", ...only]);
    const report = await exposureOf(host);
    const levels = levelsOf(report);
    expect([levels["0.0.0.0:8080/tcp web"], levels["0.0.0.0:5300/udp web"]]).toEqual([
      "lan",
      "anyone",
    ]);
    await compare(report);
    await mustOnHost(host, ["iptables", "-D", "DOCKER-USER", ...only]);
  });

  test("waits for addresses that the kernel still checks for a second owner", async () => {
    const added = ["fd00:99::77/64", "fe80::77/64"];
    for (const address of added)
      await mustOnHost(host, ["ip", "addr", "add", address, "dev", "eth0"]);
    expect(await mustOnHost(host, ["ip", "-6", "addr", "show", "tentative"])).toContain("::77/64");
    const report = await exposureOf(host);
    const outcomes = report.ports
      .filter(({ hostPort, boundTo }) => hostPort === ports.open && boundTo === "::")
      .flatMap(({ addresses }) => addresses.filter(({ address }) => address.endsWith("::77")))
      .map(({ address, ways }) => [address, ...ways.map(({ outcome }) => outcome)]);
    expect(outcomes).toEqual([
      ["fd00:99::77", "reached", "reached", "reached"],
      ["fe80::77", "reached"],
    ]);
    // Of two addresses docker-proxy before engine 28 answers datagrams from that which the kernel chooses for the client (moby 48571).
    await compare({ ...report, ports: report.ports.filter(({ protocol }) => protocol === "tcp") });
    for (const address of added)
      await mustOnHost(host, ["ip", "addr", "del", address, "dev", "eth0"]);
  });

  test("holds what ufw would do against what happens", async () => {
    for (const program of ["iptables", "ip6tables"])
      for (const line of ufwLike(program === "iptables" ? "ufw" : "ufw6"))
        await mustOnHost(host, [program, ...line]);
    const report = await exposureOf(host);
    const levels = levelsOf(report);
    expect([levels["0.0.0.0:8080/tcp web"], levels[":::8080/tcp web"]]).toEqual(["anyone", "host"]);
    expect(claimsOf(report, ports.open)).toEqual(["ufw: host", "ufw: host", "ufw: host"]);
    await compare(report);
  });

  /** Every way of the report, tried with real packets. */
  async function compare(report: ExposureReport): Promise<void> {
    const ways = report.ports.flatMap((port) =>
      port.addresses.flatMap((address) => address.ways.map((way) => ({ port, address, way }))),
    );
    const found: Tried[] = [];
    const queue = [...ways];
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift())
        found.push(await tried(next));
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    expect(found.filter(({ said, happened }) => said !== happened)).toEqual([]);
    expect(found.length).toBeGreaterThan(30);
    const reached = found.filter(({ happened }) => happened === "reached").length;
    expect(reached).toBeGreaterThan(5);
  }

  async function tried({ port, address, way }: Way): Promise<Tried> {
    const send = port.protocol === "udp" ? udpEcho : http;
    const isScoped = address.address.startsWith("fe80:") && way.from.kind !== "host";
    const to = isScoped ? `${address.address}%eth0` : address.address;
    const outcome = await send(vantageOf(address, way), { address: to, port: address.port });
    return {
      what: `${way.from.kind} → ${to}:${address.port}/${port.protocol}`,
      said: way.outcome === "reached" ? "reached" : way.outcome === "unsure" ? "unsure" : "not",
      happened: outcome.reached ? "reached" : "not",
    };
  }

  /** A neighbour that routes to what nobody else asks the host for is one of its own. */
  function vantageOf({ of }: ExposedAddress, { from }: ExposureWay): Vantage {
    if (from.kind === "host") return fromHost(host);
    if (from.kind === "far") return clients.far;
    return of === "host" ? fromOutside(lan.outside) : clients.routing;
  }
});

interface Way {
  readonly port: ExposedPort;
  readonly address: ExposedAddress;
  readonly way: ExposureWay;
}

interface Tried {
  readonly what: string;
  readonly said: "reached" | "not" | "unsure";
  readonly happened: "reached" | "not";
}

/** As ufw fills INPUT when it is switched on, without what decides nothing here. */
function ufwLike(name: string): readonly (readonly string[])[] {
  const [before, user] = [`${name}-before-input`, `${name}-user-input`];
  return [
    ["-N", before],
    ["-N", user],
    ["-A", before, "-i", "lo", "-j", "ACCEPT"],
    ["-A", before, "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "-j", "ACCEPT"],
    ["-A", before, "-p", name === "ufw" ? "icmp" : "ipv6-icmp", "-j", "ACCEPT"],
    ["-A", before, "-j", user],
    ["-A", user, "-p", "tcp", "--dport", "22", "-j", "ACCEPT"],
    ["-A", "INPUT", "-j", before],
    ["-P", "INPUT", "DROP"],
  ];
}

async function exposureOf(host: LabHost): Promise<ExposureReport> {
  const { code, stdout, stderr } = await docknetOn(host, ["exposure", "--format", "json"]);
  expect([code, stderr]).toEqual([0, ""]);
  const json: unknown = JSON.parse(stdout);
  expect(exposureSchema.parse(json)).toEqual(json);
  return json as ExposureReport;
}

function levelsOf({ ports: all }: ExposureReport): Readonly<Record<string, string>> {
  return Object.fromEntries(
    all.map(({ boundTo, hostPort, protocol, name, level, byRoute }) => [
      `${boundTo}:${hostPort}/${protocol} ${name}`,
      byRoute === undefined ? level : `${level}, by route ${byRoute}`,
    ]),
  );
}

function claimsOf({ ports: all }: ExposureReport, hostPort: number): readonly string[] {
  return all
    .filter((port) => port.hostPort === hostPort)
    .flatMap(({ addresses }) =>
      addresses.flatMap(({ claims }) => claims.map(({ manager, level }) => `${manager}: ${level}`)),
    );
}
