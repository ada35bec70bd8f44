import { describe, expect, test } from "vitest";
import {
  answered,
  appNetwork,
  askedBuilder,
  askedHost,
  dbInside,
  told,
  webInside,
  workerInside,
} from "../../support/asked-host.ts";
import { aContainer, aNetwork, anEndpoint } from "../../support/healthy-facts.ts";

describe("two containers without a common network", () => {
  test("hear of it as the first cause, with what would connect them; Docker's drop is no cause of its own", () => {
    const answer = answered(askedHost(askedBuilder()), "worker cannot reach db:5432");
    expect(answer.causes).toEqual([
      {
        kind: "no-shared-network",
        topic: "network",
        message: "no network holds both: worker is on bridge (bridge), db on appnet (bridge)",
        evidence: [
          {
            source: {
              kind: "command",
              argv: ["docker", "inspect", "-f", "{{json .NetworkSettings.Networks}}", "worker"],
            },
            text: "bridge 172.17.0.2",
          },
          {
            source: {
              kind: "command",
              argv: ["docker", "inspect", "-f", "{{json .NetworkSettings.Networks}}", "db"],
            },
            text: "appnet 172.20.0.3",
          },
        ],
        remedy: {
          summary: "Connect worker to appnet, where db is",
          commands: ["docker network connect appnet worker"],
          sideEffects:
            "Docker keeps networks apart on purpose: the two can then talk on every port",
          persistent: [
            "name the network for both in the compose file (networks:), or with --network at their start",
          ],
        },
      },
    ]);
    expect(answer.seen.filter(({ topic }) => topic === "path")[0]?.text).toMatch(
      /^what keeps them apart now: ipv4 filter DOCKER-ISOLATION-STAGE-2 rule 1: /,
    );
  });

  test("are connected the other way round where only the one who asks has a network of its own", () => {
    const [cause] = answered(askedHost(askedBuilder()), "db worker:9000").causes;
    expect(cause?.remedy?.commands).toEqual(["docker network connect appnet worker"]);
  });

  test("get a network of their own where neither has one that can be joined", () => {
    const overlay = aNetwork("mesh", { driver: "overlay" });
    const host = askedBuilder()
      .withNetwork(overlay)
      .withContainerChange("db", {
        networkMode: "mesh",
        endpoints: [anEndpoint(overlay, "10.0.1.3/24", undefined)],
      });
    const [cause] = answered(askedHost(host), "worker db:5432").causes;
    expect([cause?.message, cause?.remedy?.commands]).toEqual([
      "no network holds both: worker is on bridge (bridge), db on mesh (overlay)",
      [
        "docker network create together",
        "docker network connect together worker",
        "docker network connect together db",
      ],
    ]);
  });

  test("may be let through all the same: then only the name is missing", () => {
    const open = askedBuilder().withRule("-A DOCKER-USER -j ACCEPT", { at: "first" });
    expect(told(answered(askedHost(open), "worker db:5432"))).toEqual([
      "broken",
      "name-not-known: packets pass, but no network holds both worker and db: db does not resolve in worker",
      "note no-shared-network: no network holds both: worker is on bridge (bridge), db on appnet (bridge)",
    ]);
    expect(told(answered(askedHost(open), "worker 172.20.0.3:5432"))).toEqual([
      "fine",
      "note no-shared-network: no network holds both: worker is on bridge (bridge), db on appnet (bridge)",
    ]);
  });
});

describe("a container without a network", () => {
  const lonely = aContainer("lonely", { networkMode: "none", endpoints: [] });

  test("is the cause, and gets one", () => {
    const answer = answered(askedHost(askedBuilder().withContainer(lonely)), "lonely db:5432");
    expect(told(answer)).toEqual([
      "broken",
      "no-network: lonely is on no network (its mode is none): it has loopback only",
    ]);
    expect(answer.causes[0]?.remedy?.commands).toEqual([
      "docker network disconnect none lonely",
      "docker network connect appnet lonely",
    ]);
  });

  test("is so too towards the outside, where it was disconnected from all", () => {
    const host = askedBuilder().withContainerChange("db", { endpoints: [] });
    const { causes } = answered(askedHost(host.withoutNetworks("appnet")), "db outside:443");
    expect(causes[0]?.message).toBe("db is on no network");
    expect(causes[0]?.remedy?.commands).toEqual(["docker network connect NETWORK db"]);
  });
});

describe("what containers share", () => {
  test("is named with its driver", () => {
    const host = askedBuilder().withNetworkChange("appnet", { internal: true });
    const { seen } = answered(askedHost(host), "web db:5432");
    expect(seen.filter(({ topic }) => topic === "network")).toEqual([
      { topic: "network", text: "both are on appnet (bridge, internal)" },
    ]);
  });

  test("is the host's network, for one or for both", () => {
    const hosted = (name: string) => aContainer(name, { networkMode: "host", endpoints: [] });
    const host = askedBuilder().withContainer(hosted("one")).withContainer(hosted("other"));
    const text = (question: string) =>
      answered(askedHost(host), question).seen.find(({ topic }) => topic === "network")?.text;
    expect([text("one 192.0.2.10:22"), text("one other:22"), text("one db:5432")]).toEqual([
      "one uses the host's own network",
      "one and other use the host's own network",
      "one uses the host's own network",
    ]);
  });

  test("is named also where the network itself was not listed", () => {
    const host = askedHost(askedBuilder().withoutNetworks("appnet"));
    expect(answered(host, "web db:5432").seen[2]?.text).toBe("both are on appnet");
    expect(answered(host, "worker db:5432").causes[0]?.message).toBe(
      "no network holds both: worker is on bridge (bridge), db on appnet",
    );
  });

  test("is a namespace where one uses the other's network", () => {
    const rider = aContainer("rider", { networkMode: "container:db", endpoints: [] });
    const host = askedHost(askedBuilder().withContainer(rider), [
      webInside,
      dbInside,
      workerInside,
    ]);
    const { outcome, seen } = answered(
      {
        ...host,
        trace: {
          ...host.trace,
          sandboxes: host.trace.sandboxes.map((own) =>
            own.containers.includes("db") ? { ...own, containers: ["db", "rider"] } : own,
          ),
        },
      },
      "rider db:5432",
    );
    expect([outcome, seen.find(({ topic }) => topic === "network")?.text]).toEqual([
      "fine",
      "rider and db share one network namespace",
    ]);
  });

  test("is looked at for each network that both are on", () => {
    const other = aNetwork("other", { id: "other-id" });
    const both = (own: string) => [
      anEndpoint(appNetwork, own, "172.20.0.1"),
      anEndpoint(other, `10.9.0.${own.slice(9)}`, "10.9.0.1"),
    ];
    const host = askedBuilder()
      .withNetwork(other)
      .withContainerChange("web", { endpoints: both("172.20.0.2/16") })
      .withContainerChange("db", { endpoints: both("172.20.0.3/16") });
    const { outcome, trace, seen } = answered(askedHost(host), "web db:5432");
    expect([outcome, trace?.command]).toEqual([
      "unsure",
      "docknet trace --from web --to db@other:5432",
    ]);
    expect(seen.find(({ topic }) => topic === "network")?.text).toBe(
      "both are on appnet (bridge), other (bridge)",
    );
  });
});
