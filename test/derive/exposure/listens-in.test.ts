import { describe, expect, test } from "vitest";
import { listensIn } from "../../../src/derive/exposure/listens-in.ts";
import { notPermitted } from "../../../src/model/failure.ts";
import type { SandboxPart } from "../../../src/model/sandbox.ts";
import type { ListeningSocket } from "../../../src/model/socket.ts";
import { aSandbox } from "../../support/a-sandbox.ts";
import { aSocket } from "../../support/healthy-facts.ts";

function asked(sockets: SandboxPart<readonly ListeningSocket[]>): boolean | undefined {
  const sandboxes = [aSandbox({ parts: { sockets } })];
  return listensIn(sandboxes, { name: "web", protocol: "tcp", port: 80 });
}

describe("whether a container listens", () => {
  test("is yes for a socket on the port, and no for one on loopback or of another protocol", () => {
    const of = (...value: readonly ListeningSocket[]) => asked({ state: "known", value });
    expect([
      of(aSocket("tcp", 80, undefined)),
      of({ ...aSocket("tcp", 80, undefined), address: "127.0.0.1" }),
      of(aSocket("udp", 80, undefined)),
      of(),
    ]).toEqual([true, false, false, false]);
  });

  test("is not known where its namespace was not read in full", () => {
    const failure = notPermitted("no", "CAP_SYS_ADMIN");
    expect([
      asked({ state: "unknown", failure }),
      asked({ state: "known", value: [], reduced: "IPv6 was not read" }),
      listensIn(undefined, { name: "web", protocol: "tcp", port: 80 }),
      listensIn([aSandbox()], { name: "db", protocol: "tcp", port: 80 }),
    ]).toEqual([undefined, undefined, undefined, undefined]);
  });
});
