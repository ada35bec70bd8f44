import { describe, expect, test } from "vitest";
import { parseDaemonJson } from "../../src/parsers/daemon-json.ts";

describe("daemon-json", () => {
  test("reads the options that change what Docker promises, and no other", () => {
    const text = JSON.stringify({
      "log-driver": "local",
      iptables: false,
      ip6tables: true,
      "ip-masq": false,
      "userland-proxy": false,
      "firewall-backend": "nftables",
      "default-address-pools": [{ base: "10.8.0.0/16", size: 24 }],
      "default-network-opts": { bridge: { "com.docker.network.driver.mtu": "1400" } },
      hosts: ["unix:///run/d.sock"],
      "dns-opts": ["ndots:1"],
      mtu: 1400,
    });
    expect(parseDaemonJson(text)).toStrictEqual({
      ok: true,
      value: {
        options: {
          iptables: false,
          ip6tables: true,
          ipMasq: false,
          userlandProxy: false,
          firewallBackend: "nftables",
          mtuBytes: 1400,
          addressPools: [{ base: { family: "ipv4", address: "10.8.0.0", length: 16 }, size: 24 }],
          defaultNetworkOptions: { bridge: { "com.docker.network.driver.mtu": "1400" } },
          dnsOptions: ["ndots:1"],
          hosts: ["unix:///run/d.sock"],
        },
        names: [
          ...["iptables", "ip6tables", "ip-masq", "userland-proxy", "firewall-backend", "mtu"],
          ...["default-address-pool", "default-network-opt", "dns-opt", "host"],
        ],
      },
      ignored: [],
    });
  });

  test.each(["", " \n", "{}"])("takes %j for no options", (text) => {
    expect(parseDaemonJson(text)).toStrictEqual({
      ok: true,
      value: { options: {}, names: [] },
      ignored: [],
    });
  });

  test("refuses an option of another type", () => {
    expect(parseDaemonJson('{"iptables":"false"}')).toStrictEqual({
      ok: false,
      failure: {
        kind: "unparsable",
        message:
          "the JSON at iptables is not what was expected: Invalid input: expected boolean, received string",
      },
    });
  });
});
