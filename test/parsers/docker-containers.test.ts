import { describe, expect, test } from "vitest";
import {
  parseContainerIdentities,
  parseDockerContainer,
  parseDockerContainerList,
} from "../../src/parsers/docker-containers.ts";
import { fixturesOf } from "../support/fixtures.ts";

describe("docker-containers", () => {
  test.each(fixturesOf("docker-containers"))("reads $name", ({ text, expected }) => {
    expect(parseDockerContainer(text)).toStrictEqual(expected);
  });

  test.each(fixturesOf("docker-container-list"))("lists $name", ({ text, expected }) => {
    expect(parseDockerContainerList(text)).toStrictEqual(expected);
  });

  const bare = { Id: "c0ffee", Name: "/web", State: { Status: "running" } };

  test("fills in what is missing or null", () => {
    const settings = [
      {},
      { Ports: null, Networks: null, SandboxKey: "" },
      { Ports: { "80/tcp": null }, Networks: { bridge: null } },
    ];
    for (const NetworkSettings of settings) {
      expect(parseDockerContainer(JSON.stringify({ ...bare, NetworkSettings }))).toStrictEqual({
        ok: true,
        value: {
          id: "c0ffee",
          name: "web",
          state: "running",
          networkMode: "default",
          endpoints: [],
          publishedPorts: [],
        },
        ignored: [],
      });
    }
  });

  test("gives a container in another's sandbox no endpoints of its own", () => {
    const answer = {
      ...bare,
      HostConfig: { NetworkMode: "container:beef" },
      NetworkSettings: { Networks: { bridge: { NetworkID: "n" } } },
    };
    expect(parseDockerContainer(JSON.stringify(answer))).toStrictEqual({
      ok: true,
      value: {
        id: "c0ffee",
        name: "web",
        state: "running",
        networkMode: "container:beef",
        endpoints: [],
        publishedPorts: [],
        mayConfigureNetwork: false,
      },
      ignored: [],
    });
  });

  test("reads bindings of every form and ignores aloud those that are none", () => {
    const answer = {
      ...bare,
      HostConfig: { NetworkMode: "" },
      NetworkSettings: {
        Ports: {
          "53/udp": [{ HostIp: "", HostPort: "5353" }],
          "9899/sctp": [{ HostIp: "::", HostPort: "9899" }],
          "80/tcp": [
            { HostIp: "0.0.0.0", HostPort: "" },
            { HostIp: "localhost", HostPort: "80" },
            { HostPort: "80-81" },
          ],
          "81/dccp": [{ HostIp: "192.0.2.1", HostPort: "81" }],
          tcp: [{ HostPort: "82" }],
        },
        Networks: {
          v6: {
            MacAddress: "02:42:AC:11:00:02",
            GlobalIPv6Address: "FD00::2",
            GlobalIPv6PrefixLen: 64,
            IPAddress: "172.20.0.2",
            IPPrefixLen: null,
            GwPriority: 5,
            Aliases: ["c0ffee", "front"],
            DNSNames: ["web", "front", "c0ffee"],
            Links: ["db:database"],
          },
        },
      },
    };
    const reason = "no published port of container /web";
    expect(parseDockerContainer(JSON.stringify(answer))).toStrictEqual({
      ok: true,
      value: {
        id: "c0ffee",
        name: "web",
        state: "running",
        networkMode: "default",
        endpoints: [
          {
            networkId: "",
            networkName: "v6",
            mac: "02:42:ac:11:00:02",
            addresses: [
              { family: "ipv4", address: "172.20.0.2", prefixLength: 0 },
              { family: "ipv6", address: "fd00::2", prefixLength: 64 },
            ],
            gatewayPriority: 5,
            names: ["c0ffee", "front"],
            links: [{ container: "db", alias: "database" }],
          },
        ],
        publishedPorts: [
          {
            containerPort: 53,
            hostBinding: { protocol: "udp", address: "0.0.0.0", hostPort: 5353 },
          },
          { containerPort: 9899, hostBinding: { protocol: "sctp", address: "::", hostPort: 9899 } },
        ],
        mayConfigureNetwork: false,
      },
      ignored: [
        { line: 1, text: "80/tcp on localhost:80", reason },
        { line: 1, text: "80/tcp on 0.0.0.0:80-81", reason },
        { line: 1, text: "81/dccp on 192.0.2.1:81", reason },
        { line: 1, text: "tcp on 0.0.0.0:82", reason },
      ],
    });
  });

  test("reads of HostConfig what decides about the network", () => {
    const HostConfig = {
      Privileged: true,
      CapAdd: ["net_admin", "CAP_SYS_TIME"],
      CapDrop: ["ALL"],
      Sysctls: { "net.ipv4.ip_forward": "1", "kernel.msgmax": "65536" },
      Dns: ["192.0.2.53", "no address"],
      DnsOptions: ["ndots:1"],
      DnsSearch: ["example.org"],
      ExtraHosts: ["db:192.0.2.7", "host.docker.internal:host-gateway"],
      Links: ["/db:/web/database"],
      PublishAllPorts: true,
      PortBindings: {
        "80/tcp": [{ HostIp: "192.0.2.1", HostPort: "8000-8010" }, { HostPort: "" }],
        "53": [{ HostIp: "", HostPort: "53" }],
        "81/dccp": [{ HostPort: "81" }],
        "82/tcp": null,
      },
    };
    const answer = { ...bare, HostConfig, NetworkSettings: {} };
    expect(parseDockerContainer(JSON.stringify(answer))).toStrictEqual({
      ok: true,
      value: {
        id: "c0ffee",
        name: "web",
        state: "running",
        networkMode: "default",
        endpoints: [],
        publishedPorts: [],
        mayConfigureNetwork: true,
        settings: {
          privileged: true,
          addedCapabilities: ["NET_ADMIN", "SYS_TIME"],
          droppedCapabilities: ["ALL"],
          sysctls: { "net.ipv4.ip_forward": "1" },
          dnsServers: ["192.0.2.53"],
          dnsOptions: ["ndots:1"],
          dnsSearch: ["example.org"],
          extraHosts: 2,
          links: [{ container: "db", alias: "database" }],
          requestedPorts: [
            { containerPort: 53, protocol: "tcp", hostPorts: { first: 53, last: 53 } },
            {
              containerPort: 80,
              protocol: "tcp",
              address: "192.0.2.1",
              hostPorts: { first: 8000, last: 8010 },
            },
            { containerPort: 80, protocol: "tcp" },
          ],
          publishesAllPorts: true,
        },
      },
      ignored: [],
    });
  });

  test("marks containers by state, endpoints and addresses", () => {
    const list = [
      {
        Id: "c0ffee",
        Names: ["/web", "/other/web"],
        State: "running",
        NetworkSettings: {
          Networks: {
            b: { EndpointID: "2", IPAddress: "172.17.0.2" },
            a: { EndpointID: "1", GlobalIPv6Address: "fd00::2" },
            none: null,
          },
        },
      },
      { Id: "0123456789abcdef", Names: null, State: "exited" },
    ];
    expect(parseContainerIdentities(JSON.stringify(list))).toStrictEqual({
      ok: true,
      value: new Map([
        ["c0ffee", { name: "web", identity: "running  1 2", addresses: ["172.17.0.2", "fd00::2"] }],
        ["0123456789abcdef", { name: "0123456789ab", identity: "exited", addresses: [] }],
      ]),
      ignored: [],
    });
  });

  test("refuses what is no container", () => {
    const odd = JSON.stringify({ ...bare, State: { Status: "asleep" }, NetworkSettings: {} });
    const options = ["created", "running", "paused", "restarting", "removing", "exited", "dead"];
    const expected = options.map((option) => `"${option}"`).join("|");
    expect(parseDockerContainer(odd)).toStrictEqual({
      ok: false,
      failure: {
        kind: "unparsable",
        message: `the JSON at State.Status is not what was expected: Invalid option: expected one of ${expected}`,
      },
    });
    const empty = {
      ok: false,
      failure: { kind: "unparsable", message: "the answer is empty where JSON was expected" },
    };
    expect(parseDockerContainerList("")).toStrictEqual(empty);
    expect(parseContainerIdentities("")).toStrictEqual(empty);
  });
});
