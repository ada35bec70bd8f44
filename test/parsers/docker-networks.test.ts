import { describe, expect, test } from "vitest";
import { parseDockerNetwork, parseDockerNetworkList } from "../../src/parsers/docker-networks.ts";
import { fixturesOf } from "../support/fixtures.ts";

describe("docker-networks", () => {
  test.each(fixturesOf("docker-networks"))("reads $name", ({ text, expected }) => {
    expect(parseDockerNetwork(text)).toStrictEqual(expected);
  });

  test.each(fixturesOf("docker-network-list"))("lists $name", ({ text, expected }) => {
    expect(parseDockerNetworkList(text)).toStrictEqual(expected);
  });

  const id = "0123456789abcdef";
  const plain = {
    id,
    name: "n",
    driver: "bridge",
    scope: "local",
    internal: false,
    ingress: false,
    configOnly: false,
    ipv4Enabled: true,
    ipv6Enabled: false,
    ipam: [],
    options: {},
    bridge: "br-0123456789ab",
    masquerade: true,
    icc: true,
    gatewayModes: { ipv4: "nat", ipv6: "nat" },
    inhibitIpv4: false,
    encrypted: false,
    vnis: [],
    attachments: [],
    peers: [],
  };
  const body = { Id: id, Name: "n", Driver: "bridge" };

  test("fills in what is missing or null", () => {
    const nulls = { IPAM: { Config: null }, Options: null, Containers: null, Peers: null };
    for (const extra of [{}, nulls, { IPAM: null, EnableIPv4: null, Scope: "" }]) {
      expect(parseDockerNetwork(JSON.stringify({ ...body, ...extra }))).toStrictEqual({
        ok: true,
        value: plain,
        ignored: [],
      });
    }
  });

  test("takes the default bridge without a name for docker0, and an empty name for none", () => {
    const options = {
      "com.docker.network.bridge.name": "",
      "com.docker.network.bridge.default_bridge": "1",
    };
    expect(parseDockerNetwork(JSON.stringify({ ...body, Options: options }))).toStrictEqual({
      ok: true,
      value: { ...plain, options, bridge: "docker0" },
      ignored: [],
    });
  });

  test("reads switches as Go does, and modes, gateways and peers of every form", () => {
    const options = {
      "com.docker.network.bridge.enable_ip_masquerade": "F",
      "com.docker.network.bridge.enable_icc": "nonsense",
      "com.docker.network.bridge.inhibit_ipv4": "True",
      "com.docker.network.bridge.gateway_mode_ipv4": "nat-unprotected",
      "com.docker.network.bridge.gateway_mode_ipv6": "isolated",
      "com.docker.network.driver.overlay.vxlanid_list": "4097,x,4098",
    };
    const answer = {
      ...body,
      Driver: "weave",
      Scope: "global",
      Internal: true,
      Ingress: true,
      ConfigOnly: true,
      EnableIPv4: false,
      EnableIPv6: true,
      Options: options,
      IPAM: {
        Config: [
          { Subnet: "10.9.0.5/16", Gateway: "10.9.0.1/16" },
          { Subnet: "FD00::/64", Gateway: "none" },
          { Subnet: "all of it" },
          { Gateway: "10.8.0.1" },
        ],
      },
      Containers: { c: { Name: "c", MacAddress: "02:42:AC:11:00:02", IPv4Address: "" } },
      Peers: [{ IP: "10.99.0.1" }, { IP: "" }, {}],
    };
    expect(parseDockerNetwork(JSON.stringify(answer))).toStrictEqual({
      ok: true,
      value: {
        id,
        name: "n",
        driver: "other",
        scope: "global",
        internal: true,
        ingress: true,
        configOnly: true,
        ipv4Enabled: false,
        ipv6Enabled: true,
        ipam: [
          { subnet: { family: "ipv4", address: "10.9.0.0", length: 16 }, gateway: "10.9.0.1" },
          { subnet: { family: "ipv6", address: "fd00::", length: 64 } },
        ],
        options,
        masquerade: false,
        icc: true,
        gatewayModes: { ipv4: "nat-unprotected", ipv6: "isolated" },
        inhibitIpv4: true,
        encrypted: false,
        vnis: [4097, 4098],
        attachments: [{ name: "c", mac: "02:42:ac:11:00:02", addresses: [] }],
        peers: ["10.99.0.1"],
      },
      ignored: [{ line: 1, text: "all of it", reason: "no subnet of network n" }],
    });
  });

  test("refuses what is no network and no list of networks", () => {
    const message = (at: string, got: string) => ({
      ok: false,
      failure: {
        kind: "unparsable",
        message: `the JSON at ${at} is not what was expected: Invalid input: expected string, received ${got}`,
      },
    });
    expect(parseDockerNetwork('{"Id":7}')).toStrictEqual(message("Id", "number"));
    expect(parseDockerNetworkList('[{"Id":"a"}]')).toStrictEqual(message("[0].Name", "undefined"));
  });

  // Status in the form of the API's documentation, version 1.52; options in that of the bridge driver's.
  test("reads how full the subnets are, and what only some networks have", () => {
    const text = JSON.stringify({
      Id: "0123456789abcdef",
      Name: "net",
      Driver: "bridge",
      ConfigFrom: { Network: "template" },
      IPAM: {
        Config: [{ Subnet: "10.80.0.0/24", AuxiliaryAddresses: { printer: "10.80.0.9", odd: "" } }],
      },
      Options: {
        parent: "",
        "com.docker.network.bridge.host_binding_ipv4": "127.0.0.1",
        "com.docker.network.bridge.trusted_host_interfaces": "vxlan.1:vxlan.2",
        "com.docker.network.host_ipv4": "192.0.2.10",
      },
      Status: {
        IPAM: { Subnets: { "10.80.0.0/24": { IPsInUse: 5, DynamicIPsAvailable: 251 } } },
      },
    });
    expect(parseDockerNetwork(text)).toMatchObject({
      ok: true,
      value: {
        configFrom: "template",
        ipam: [
          {
            subnet: { family: "ipv4", address: "10.80.0.0", length: 24 },
            auxiliaryAddresses: ["10.80.0.9"],
            use: { inUse: 5, available: 251 },
          },
        ],
        bindingAddress: "127.0.0.1",
        trustedLinks: ["vxlan.1", "vxlan.2"],
        hostAddresses: ["192.0.2.10"],
      },
    });
  });
});
