import { describe, expect, test } from "vitest";
import type { Container } from "../../../src/model/docker.ts";
import { answered, askedBuilder, askedHost, told } from "../../support/asked-host.ts";

function dbIs(state: Container["state"], error?: string) {
  const change = error === undefined ? { state } : { state, error };
  return askedHost(askedBuilder().withContainerChange("db", change));
}

describe("a container that does not run", () => {
  test.each([
    ["exited", "db has exited: it has no network"],
    ["created", "db was never started: it has no network"],
    ["restarting", "db is restarting: it has no network"],
    ["removing", "db is being removed: it has no network"],
    ["dead", "db is dead: it has no network"],
  ] as const)("is the cause: %s", (state, message) => {
    const answer = answered(dbIs(state), "web db:5432");
    expect(told(answer)).toEqual(["broken", `container-not-running: ${message}`]);
    expect(answer.sentence).toBe(`web cannot reach db:5432/tcp: ${message}.`);
    expect(answer.trace).toBeUndefined();
  });

  test("tells why it could not start, the command that shows it, and what to do", () => {
    const { causes } = answered(dbIs("created", "port is already allocated"), "web db:5432");
    expect(causes).toEqual([
      {
        kind: "container-not-running",
        topic: "state",
        message: "db was never started (port is already allocated): it has no network",
        evidence: [
          {
            source: {
              kind: "command",
              argv: ["docker", "inspect", "-f", "{{.State.Status}} {{.State.Error}}", "db"],
            },
            text: "created port is already allocated",
          },
        ],
        remedy: {
          summary: "Start it; where it ends again, its log says why",
          commands: ["docker start db", "docker logs --tail 20 db"],
          persistent: [],
        },
      },
    ]);
  });

  test("is not started again where it restarts by itself", () => {
    const [cause] = answered(dbIs("restarting"), "web db:5432").causes;
    expect(cause?.remedy?.commands).toEqual(["docker logs --tail 20 db"]);
  });

  test("is the cause as the one who asks, too, and whatever port", () => {
    const host = askedHost(askedBuilder().withContainerChange("web", { state: "exited" }));
    expect(told(answered(host, "web cannot reach db"))).toEqual([
      "broken",
      "container-not-running: web has exited: it has no network",
    ]);
  });
});

describe("a container that is paused", () => {
  test("is the cause though packets come to its socket", () => {
    const answer = answered(dbIs("paused"), "web db:5432");
    expect(told(answer)).toEqual([
      "broken",
      "container-paused: db is paused: its processes stand still, so it neither asks nor answers",
    ]);
    expect([answer.trace?.fate, answer.causes[0]?.remedy?.commands]).toEqual([
      "delivered",
      ["docker unpause db"],
    ]);
  });
});

describe("a container that changed while docknet looked", () => {
  test("makes the answer unsure", () => {
    const host = { ...askedHost(askedBuilder()), moving: ["db"] };
    const answer = answered(host, "web db:5432");
    expect([answer.outcome, answer.sentence]).toEqual([
      "unsure",
      "Whether web reaches db:5432/tcp is unsure: db changed while docknet looked: ask again.",
    ]);
  });
});
