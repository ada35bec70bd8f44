import { describe, expect, test } from "vitest";
import { dockerDaemon } from "../../src/collectors/docker-daemon.ts";
import type { Failure } from "../../src/model/failure.ts";
import { notFound, notPermitted, timedOut } from "../../src/model/failure.ts";
import { collect } from "../support/collect.ts";
import { fakeInstant } from "../support/fake-host.ts";
import { fixtureText } from "../support/fixtures.ts";

const version = fixtureText("docker-version", "debian12-docker20.10--lab");
const info = fixtureText("docker-info", "debian12-docker20.10--swarm-worker");
const asked = [{ kind: "docker", path: "/version" }];

describe("the Docker daemon", () => {
  test("runs", async () => {
    expect(
      await collect(dockerDaemon, { "GET /version": version, "GET /info": info }),
    ).toStrictEqual({
      state: "known",
      value: {
        state: "running",
        version: "20.10.24+dfsg1",
        major: 20,
        minor: 10,
        apiVersion: "1.41",
        hostname: "w1",
        ipv4Forwarding: true,
        bridgeNfIptables: true,
        engine: { kind: "plain" },
        kernel: "6.18.44-fc-v669",
        liveRestore: false,
        dockerRootDir: "/var/lib/docker",
        warnings: [],
        swarm: {
          state: "active",
          isManager: false,
          nodeId: "k3qprusx1hqq642t1g2qeb97k",
          nodeAddress: "10.99.0.12",
          remoteManagers: [{ address: "10.99.0.11", port: 2377 }],
        },
      },
      collectedAt: fakeInstant,
      sources: [...asked, { kind: "docker", path: "/info" }],
      ignored: [],
    });
  });

  const directory = { kind: "directory", path: "/run/docker/netns" } as const;
  const traces = "ls /run/docker/netns";
  test.each([
    ["not-installed", "no socket", { [traces]: notFound("no such directory") }],
    [
      "stopped",
      "no socket; /run/docker/netns shows that dockerd ran here: it is stopped",
      { [traces]: "default\n" },
    ],
    [
      "stopped",
      "no socket; /run/docker/netns shows that dockerd ran here: it is stopped",
      { [traces]: notPermitted("root only") },
    ],
  ] as const)("without a socket is %s: %s", async (state, reason, answers) => {
    expect(
      await collect(dockerDaemon, { "GET /version": notFound("no socket"), ...answers }),
    ).toStrictEqual({
      state: "known",
      value: { state, reason },
      collectedAt: fakeInstant,
      sources: [...asked, directory],
      ignored: [],
    });
  });

  test("is stopped where nobody listens on the socket", async () => {
    const message = "nobody listens on the socket";
    const answers = { "GET /version": { kind: "connection-refused", message } } as const;
    expect(await collect(dockerDaemon, answers)).toStrictEqual({
      state: "known",
      value: { state: "stopped", reason: message },
      collectedAt: fakeInstant,
      sources: asked,
      ignored: [],
    });
  });

  test.each([
    ["GET /version", notPermitted("the socket refuses; run as root")],
    ["GET /version", timedOut("no answer within 10 s", 10_000)],
    ["GET /version", { kind: "bad-answer", message: "this is not Docker" }],
    ["GET /info", timedOut("no answer within 10 s", 10_000)],
    ["GET /info", { kind: "bad-answer", message: "HTTP 500", httpStatus: 500 }],
  ] satisfies readonly (readonly [string, Failure])[])(
    "is unknown when %s fails with %j",
    async (key, failure) => {
      expect(
        await collect(dockerDaemon, { "GET /version": version, "GET /info": info, [key]: failure }),
      ).toStrictEqual({ state: "unknown", failure });
    },
  );

  test.each(["GET /version", "GET /info"])("is unknown when %s is half a JSON", async (key) => {
    const half = key === "GET /info" ? info.slice(0, 300) : version.slice(0, 30);
    const fact = await collect(dockerDaemon, {
      "GET /version": version,
      "GET /info": info,
      [key]: half,
    });
    const path = key.slice(4);
    const begins = JSON.stringify(half.length > 60 ? `${half.slice(0, 60)}…` : half);
    expect(fact).toStrictEqual({
      state: "unknown",
      failure: {
        kind: "unparsable",
        message: `cannot read the answer of \`curl --unix-socket /var/run/docker.sock http://localhost${path}\`: the answer is not JSON, or is cut off; it begins with ${begins}; run it by hand and compare`,
      },
    });
  });
});
