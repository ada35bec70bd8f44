import { describe, expect, test } from "vitest";
import { parseDockerdCmdline } from "../../src/parsers/dockerd-cmdline.ts";

describe("dockerd-cmdline", () => {
  test.each([
    ["no options", "/usr/bin/dockerd --debug", { options: {}, names: [] }],
    [
      "switches with and without a value, the last one winning",
      "dockerd --iptables=true --iptables=false --ip6tables --ip-masq=0 --userland-proxy=F",
      {
        options: { iptables: false, ip6tables: true, ipMasq: false, userlandProxy: false },
        names: ["iptables", "ip6tables", "ip-masq", "userland-proxy"],
      },
    ],
    [
      "values of both forms",
      "dockerd-dev --firewall-backend=nftables --config-file /srv/daemon.json",
      {
        options: { firewallBackend: "nftables" },
        names: ["firewall-backend"],
        configFile: "/srv/daemon.json",
      },
    ],
    [
      "short options, and those that stand several times",
      "dockerd -Hfd:// -H=tcp://0.0.0.0:2376 -H unix:///run/d.sock -b br9 -p /run/d.pid -g /srv/d -D",
      {
        options: {
          bridge: "br9",
          hosts: ["fd://", "tcp://0.0.0.0:2376", "unix:///run/d.sock"],
          dataRoot: "/srv/d",
          pidFile: "/run/d.pid",
        },
        names: ["host", "bridge", "pidfile", "data-root"],
      },
    ],
    [
      "addresses, pools and options of networks",
      [
        "dockerd --bip=10.9.0.1/24 --fixed-cidr 10.9.0.128/25 --mtu 1400 --ip 10.0.0.8 --dns fe80::1%eth0",
        "--default-address-pool size=24,base=10.8.0.0/16 --exec-root=/run/d",
        "--default-network-opt bridge=com.docker.network.driver.mtu=1400",
      ].join(" "),
      {
        options: {
          bip: {
            address: "10.9.0.1",
            prefix: { family: "ipv4", address: "10.9.0.0", length: 24 },
          },
          fixedCidr: { family: "ipv4", address: "10.9.0.128", length: 25 },
          mtuBytes: 1400,
          bindingAddress: "10.0.0.8",
          addressPools: [{ base: { family: "ipv4", address: "10.8.0.0", length: 16 }, size: 24 }],
          defaultNetworkOptions: { bridge: { "com.docker.network.driver.mtu": "1400" } },
          dns: ["fe80::1%eth0"],
          execRoot: "/run/d",
        },
        names: [
          ...["bip", "fixed-cidr", "mtu", "ip", "dns", "default-address-pool", "exec-root"],
          "default-network-opt",
        ],
      },
    ],
  ])("reads %s", (_, words, value) => {
    const text = `${words.replaceAll(" ", "\0")}\0`;
    expect(parseDockerdCmdline(text)).toStrictEqual({ ok: true, value, ignored: [] });
  });

  test("tells of values that dockerd would refuse", () => {
    const reason = "its value is not understood";
    expect(parseDockerdCmdline("dockerd\0--mtu=big\0--icc=maybe\0--bip\0none\0")).toStrictEqual({
      ok: true,
      value: { options: {}, names: ["mtu", "icc", "bip"] },
      ignored: ["icc=maybe", "bip=none", "mtu=big"].map((text) => ({ line: 1, text, reason })),
    });
  });

  test.each(["bash\0-c\0dockerd\0", ""])("does not take %j for dockerd", (text) => {
    const program = JSON.stringify(text.split("\0")[0]);
    expect(parseDockerdCmdline(text)).toStrictEqual({
      ok: false,
      failure: { kind: "unparsable", message: `found ${program} where dockerd stands` },
    });
  });
});
