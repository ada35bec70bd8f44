import { describe, expect, test } from "vitest";
import { sandboxes } from "../../../src/collectors/sandboxes/sandboxes.ts";
import type { Container } from "../../../src/model/docker.ts";
import type { Fact } from "../../../src/model/facts.ts";
import { notFound, notPermitted, notRecorded } from "../../../src/model/failure.ts";
import type { Sandbox } from "../../../src/model/sandbox.ts";
import { type FakeAnswer, fakeInstant, watchedHost } from "../../support/fake-host.ts";
import { aContainer, aDaemon, anEndpoint } from "../../support/healthy-facts.ts";

const netns = "/run/docker/netns/web";
const closed = { mayConfigureNetwork: false } as const;
const web = aContainer("web", { id: "web-id", pid: 7, ...closed });
const dns = {
  ...web,
  endpoints: [anEndpoint({ id: "n", name: "apps" }, "172.18.0.2/16", "172.18.0.1")],
};

const lo =
  '{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"operstate":"UNKNOWN"}';
const settings = '{"family":"inet","interface":"all","forwarding":true,"rp_filter":"strict"}';
const batch = (links = lo) =>
  `[${links}]\n[]\n[{"priority":0,"src":"all","table":"local"}]\n[]\n[${settings}]\n`;
const sl = "  sl  local_address rem_address   st\n";

/** A namespace that can be read whole. */
const open: Readonly<Record<string, FakeAnswer>> = {
  "ls /run/docker/netns": "default\nweb\n",
  "GET /networks": "[]",
  [`@${netns} ip -j -d -b -`]: batch(),
  "cat /proc/7/net/dev":
    "Inter-|   Receive |  Transmit\n face |bytes packets errs drop|bytes packets errs drop\n    lo: 1 2 3 4 5 6 7 8\n",
  "cat /proc/7/net/sockstat": "TCP: inuse 0 orphan 0\n",
  "cat /proc/7/net/sockstat6": "TCP6: inuse 0\n",
  "cat /proc/7/net/udp": sl,
  "cat /proc/7/net/udp6": sl,
};

async function read(
  containers: readonly Container[],
  answers: Readonly<Record<string, FakeAnswer>>,
  backend?: string,
) {
  const { host, asked } = watchedHost(answers);
  const dockerDaemon = {
    ...aDaemon("28.5"),
    ...(backend === undefined ? {} : { firewallBackend: backend }),
  };
  const fact: Fact<readonly Sandbox[]> = await sandboxes.collect(host, {
    facts: { dockerDaemon, daemonOptions: {}, containers },
    now: fakeInstant,
  });
  const processes = asked.filter((key) => key.startsWith("@") && !key.includes(" cat "));
  const all = fact.state === "known" ? fact.value : [];
  return { fact, all, only: all[0]?.parts, processes, asked };
}

const places = ({ all }: { readonly all: readonly Sandbox[] }) =>
  all.map(({ path, role, containers, network }) => [path, role, containers.join(), network]);

describe("sandboxes", () => {
  test("are one for containers that share a namespace, and none for those in the host's own", async () => {
    const shared = await read(
      [
        aContainer("rider", { pid: 8, networkMode: "container:web-id", ...closed }),
        aContainer("onhost", {
          pid: 9,
          networkMode: "host",
          sandboxPath: "/run/docker/netns/default",
        }),
        aContainer("aboard", { pid: 10, networkMode: "container:onhost-id" }),
        aContainer("ended", { state: "exited" }),
        web,
      ],
      open,
    );
    expect(places(shared)).toEqual([[netns, "container", "web,rider", undefined]]);
  });

  test("are entered by a process where the container that owned the namespace has ended", async () => {
    const { sandboxPath: _, ...rider } = aContainer("rider", {
      pid: 7,
      networkMode: "container:gone",
      ...closed,
    });
    const own = "/proc/7/ns/net";
    const answers = {
      ...open,
      [`@${own} ip -j -d -b -`]: batch(),
      "ls /run/docker/netns": "default\n",
    };
    expect(places(await read([rider], answers))).toEqual([[own, "container", "rider", undefined]]);
  });

  test("are known by Docker's /var/run as by the directory's /run", async () => {
    const key = "/var/run/docker/netns/web";
    const one = { ...web, sandboxPath: key };
    expect(places(await read([one], { ...open, [`@${key} ip -j -d -b -`]: batch() }))).toEqual([
      [key, "container", "web", undefined],
    ]);
  });

  test("of overlay networks bear the network's name", async () => {
    const id = "5bj2h5sj3mqq3flvcv4cjk4kv";
    const names = `1-${id.slice(0, 10)} lb_${id.slice(0, 9)} 1-unknown0id ingress_sbox 0123456789ab`;
    const found = await read([], {
      "ls /run/docker/netns": `${names.replaceAll(" ", "\n")}\n`,
      "GET /networks": `[{"Id":"${id}","Name":"mesh"}]`,
    });
    expect(places(found).map(([, ...rest]) => rest)).toEqual([
      ["overlay", "", "mesh"],
      ["load-balancer", "", "mesh"],
      ["overlay", "", "unknown0id"],
      ["ingress", "", "ingress"],
      ["other", "", undefined],
    ]);
  });

  test("cost one process where nobody puts rules into them", async () => {
    const { only, processes, fact } = await read([web], open);
    expect(processes).toEqual([`@${netns} ip -j -d -b -`]);
    expect(fact).toMatchObject({ state: "known", ignored: [] });
    expect(only).toMatchObject({
      links: {
        state: "known",
        value: [{ ifname: "lo", statistics: { received: { bytes: 1 }, sent: { dropped: 8 } } }],
      },
      routingRules: { state: "known", value: [{ family: "ipv4", priority: 0 }] },
      sysctls: {
        state: "known",
        value: {
          "net.ipv4.ip_forward": "1",
          "net.ipv4.conf.all.forwarding": "1",
          "net.ipv4.conf.all.rp_filter": "1",
        },
      },
      fdb: { state: "absent" },
      bridgePorts: { state: "absent" },
      rulesets: { state: "absent" },
      nativeNft: { state: "absent" },
      sockets: { state: "known", value: [] },
      resolver: { state: "absent" },
    });
  });

  const save = `@${netns} iptables-nft-save -c`;
  const chains = `@${netns} nft -j list chains`;
  const administers = { ...web, mayConfigureNetwork: true };
  const vpn = aContainer("vpn", {
    pid: 8,
    networkMode: "container:web-id",
    mayConfigureNetwork: true,
  });
  const unsaid = aContainer("web", { id: "web-id", pid: 7 });
  test.each<{
    readonly of: string;
    readonly containers: readonly Container[];
    readonly backend?: string;
    readonly rules: readonly string[];
  }>([
    { of: "no network with names", containers: [web], rules: [] },
    { of: "a network with names", containers: [dns], rules: [save] },
    {
      of: "a network with names, where Docker writes nftables",
      containers: [dns],
      backend: "nftables",
      rules: [chains],
    },
    { of: "NET_ADMIN", containers: [administers], rules: [save, chains] },
    { of: "somebody in it with NET_ADMIN", containers: [web, vpn], rules: [save, chains] },
    { of: "nothing that says what it may", containers: [unsaid], rules: [save, chains] },
  ])("are asked for rules as far as somebody may have put some: $of", async (so) => {
    const answers = {
      ...open,
      [save]: "*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n",
      "cat /proc/7/net/ip_tables_names": "",
      [chains]: '{"nftables":[]}',
    };
    const { processes, only } = await read(so.containers, answers, so.backend);
    expect(processes.slice(1).sort()).toEqual([...so.rules].sort());
    expect(only?.rulesets.state).toBe(so.rules.includes(save) ? "known" : "absent");
    expect(only?.nativeNft.state).toBe(so.rules.includes(chains) ? "known" : "absent");
  });

  test("with IPv6 are asked for its rules too", async () => {
    const six =
      '{"ifindex":2,"ifname":"eth0","flags":["UP"],"mtu":1500,"operstate":"UP","addr_info":[{"family":"inet6","local":"fd00::2","prefixlen":64,"scope":"global"}]}';
    const ipv6 = `@${netns} ip -j -6 rule`;
    const { only, processes } = await read([web], {
      ...open,
      [`@${netns} ip -j -d -b -`]: batch(six),
      [ipv6]: '[{"priority":0,"src":"all","table":"local"}]',
    });
    expect(processes).toEqual([`@${netns} ip -j -d -b -`, ipv6]);
    expect(only?.routingRules).toMatchObject({ value: [{ family: "ipv4" }, { family: "ipv6" }] });
  });

  test("with a bridge are asked for its ports and what is behind them", async () => {
    const bridge =
      '{"ifindex":2,"ifname":"br0","flags":["UP"],"mtu":1500,"operstate":"UP","linkinfo":{"info_kind":"bridge","info_data":{}}}';
    const { processes } = await read([web], {
      ...open,
      [`@${netns} ip -j -d -b -`]: batch(bridge),
    });
    expect(processes.slice(1)).toEqual([`@${netns} bridge -j -d link`, `@${netns} bridge -j fdb`]);
  });

  test("are asked one by one where the batch ends with an error", async () => {
    const failure = {
      kind: "exit",
      message: "ended with 1",
      exitCode: 1,
      stderr: "Command failed -:5",
    } as const;
    const { only } = await read([web], {
      ...open,
      [`@${netns} ip -j -d -b -`]: failure,
      [`@${netns} ip -j -d addr`]: `[${lo}]`,
      [`@${netns} ip -j route show table all`]: "[]",
      [`@${netns} ip -j rule`]: "[]",
      [`@${netns} ip -j neigh`]: "[]",
      [`@${netns} ip -j netconf`]: failure,
    });
    expect([only?.links.state, only?.routes.state, only?.neighbours.state]).toEqual([
      "known",
      "known",
      "known",
    ]);
    expect([only?.linkSettings, only?.sysctls]).toEqual([
      { state: "unknown", failure },
      { state: "unknown", failure },
    ]);
  });

  test("that may not be entered show what /proc does, and only one is tried", async () => {
    const denied = notPermitted(
      'entering the network namespace "x" needs CAP_SYS_ADMIN',
      "CAP_SYS_ADMIN",
    );
    const others = Array.from({ length: 20 }, (_, at) => {
      const name = `other${at}`;
      return aContainer(name, { pid: 100 + at, ...closed });
    });
    const keys = [web, ...others].map(({ sandboxPath }) => `@${sandboxPath} ip -j -d -b -`);
    const { only, processes } = await read([web, ...others], {
      ...open,
      ...Object.fromEntries(keys.map((key) => [key, denied])),
      "cat /proc/7/net/route":
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t010012AC\t0003\t0\t0\t0\t00000000\n",
      "cat /proc/7/net/fib_trie": "Main:\n  |-- 172.18.0.2\n     /32 host LOCAL\n",
      "cat /proc/7/net/ipv6_route": notFound("no such file"),
      "cat /proc/7/net/arp": "IP address HW\n",
    });
    expect(processes.length).toBeLessThanOrEqual(8);
    expect(only?.links).toMatchObject({
      state: "unknown",
      failure: { capability: "CAP_SYS_ADMIN" },
    });
    expect(only?.routes).toMatchObject({
      state: "known",
      value: [{ nextHops: [{ gateway: "172.18.0.1" }] }, { type: "local" }],
      reduced: expect.stringContaining("entering a network namespace needs CAP_SYS_ADMIN"),
    });
    expect(only?.neighbours).toMatchObject({
      state: "known",
      value: [],
      reduced: expect.any(String),
    });
    expect(only?.sockets.state).toBe("known");
  });

  const gone = notFound(`no network namespace at "${netns}"; its container may have ended`);
  test("that have ended with their container are left out", async () => {
    const { fact } = await read([web], {
      ...open,
      [`@${netns} ip -j -d -b -`]: gone,
      "cat /proc/7/net/dev": notFound("no such file"),
      "@/proc/7/ns/net ip -j -d -b -": gone,
    });
    expect(fact).toMatchObject({ state: "known", value: [] });
  });

  test("whose file is not visible from here are entered by their process", async () => {
    const found = await read([web], {
      ...open,
      [`@${netns} ip -j -d -b -`]: gone,
      "@/proc/7/ns/net ip -j -d -b -": batch(),
    });
    expect(found.all[0]).toMatchObject({
      path: "/proc/7/ns/net",
      parts: { links: { state: "known" } },
    });
  });

  test("read the files of TCP only where sockets of their family are in use", async () => {
    const row = "   0: 0B00007F:87B3 00000000:0000 0A 0:0\n";
    const { only, asked } = await read([web], {
      ...open,
      "cat /proc/7/net/sockstat": "TCP: inuse 1 orphan 0\n",
      "cat /proc/7/net/tcp": `${sl}${row}`,
    });
    expect(only?.sockets).toEqual({
      state: "known",
      value: [{ protocol: "tcp", address: "127.0.0.11", port: 34739, processes: [] }],
    });
    expect(asked).not.toContain("cat /proc/7/net/tcp6");
  });

  test("bring the resolv.conf that Docker gave the container", async () => {
    const resolvConfPath = `/var/lib/docker/containers/${"0f".repeat(32)}/resolv.conf`;
    const { only } = await read([{ ...web, resolvConfPath }], {
      ...open,
      [`cat ${resolvConfPath}`]: "nameserver 127.0.0.11\n",
    });
    expect(only?.resolver).toMatchObject({
      state: "known",
      value: { nameservers: ["127.0.0.11"] },
    });
  });

  test("of an old bundle are there, each part unknown because nobody asked", async () => {
    const { only } = await read([web], { "ls /run/docker/netns": "web\n" });
    expect(only?.links).toMatchObject({ state: "unknown", failure: { kind: "not-recorded" } });
    expect(only?.sockets).toMatchObject({ state: "unknown", failure: { kind: "not-recorded" } });
  });

  test("are unknown where neither containers nor Docker's directory can be seen", async () => {
    const failure = notRecorded('no answer to "ls /run/docker/netns"');
    expect((await read([], {})).fact).toEqual({ state: "unknown", failure });
  });
});
