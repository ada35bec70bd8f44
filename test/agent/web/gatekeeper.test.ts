import { describe, expect, test } from "vitest";
import { credentialsIn, gatekeeper, type Visitor } from "../../../src/agent/web/gatekeeper.ts";
import { openWeb, type WebConfig } from "../../../src/config/web/web-config.ts";

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

/** Whom a keeper lets in that takes the password `geheim` of anybody. */
function keeper() {
  let nowMs = 0;
  const gate = gatekeeper({
    passwords: {
      verify: async ({ password }) =>
        password === "geheim" ? "right" : password === "later" ? "busy" : "wrong",
    },
    nowMs: () => nowMs,
  });
  const admit = async (visitor: Partial<Visitor>, config: Partial<WebConfig> = {}) => {
    const admission = await gate.admit(
      { peer: "10.0.0.1", authorization: "", certificate: { kind: "not-needed" }, ...visitor },
      { ...openWeb, ...config },
    );
    if (admission.admitted) return admission.isAuthenticated ? "known" : "anonymous";
    const { status, headers } = admission.answer;
    return [admission.reason, status, headers["WWW-Authenticate"] ?? headers["Retry-After"]];
  };
  return { admit, pass: (ms: number) => (nowMs += ms) };
}

const users = new Map([["prometheus", "$2y$10$hash"]]);
const challenge = 'Basic realm="docknet", charset="UTF-8"';

describe("gatekeeper", () => {
  test("lets everybody in where nothing is set, and knows nobody", async () => {
    expect(await keeper().admit({ authorization: basic("a:geheim") })).toBe("anonymous");
  });

  test("asks for a password where there are users", async () => {
    const { admit } = keeper();
    expect([
      await admit({ authorization: basic("prometheus:geheim") }, { users }),
      await admit({}, { users }),
      await admit({ authorization: basic("prometheus:falsch") }, { users }),
      await admit({ authorization: basic("prometheus:later") }, { users }),
      await admit({ authorization: "Bearer geheim" }, { users }),
    ]).toEqual([
      "known",
      ["no_password", 401, challenge],
      ["wrong_password", 401, challenge],
      ["busy", 429, "1"],
      ["no_password", 401, challenge],
    ]);
  });

  test("knows the owner of a verified certificate, and asks for the password all the same", async () => {
    const { admit } = keeper();
    const certificate = { kind: "verified" } as const;
    const refused = { kind: "refused", reason: "none" } as const;
    expect([
      await admit({ certificate }),
      await admit({ certificate }, { users }),
      await admit({ certificate: refused, authorization: basic("a:geheim") }, { users }),
    ]).toEqual(["known", ["no_password", 401, challenge], ["no_certificate", 403, undefined]]);
  });

  test("lets a burst through, then one per interval, before it looks at any password", async () => {
    const { admit, pass } = keeper();
    const limit = { rateLimit: { intervalMs: 1_000, burst: 2 }, users };
    const visitor = { authorization: basic("a:falsch") };
    const reasons: unknown[] = [];
    for (const ms of [0, 0, 0, 500, 500, 0, 60_000, 0, 0]) {
      pass(ms);
      reasons.push((await admit(visitor, limit))[0]);
    }
    expect(reasons.map((reason) => reason === "rate_limit")).toEqual([
      ...[false, false, true],
      ...[true, false, true],
      ...[false, false, true],
    ]);
    expect(await admit(visitor, { rateLimit: { intervalMs: 1_000, burst: 3 } })).toBe("anonymous");
  });
});

describe("credentialsIn", () => {
  test.each([
    [basic("a:b"), { user: "a", password: "b" }],
    [basic("a:b:c"), { user: "a", password: "b:c" }],
    [basic(":"), { user: "", password: "" }],
    [basic("ä:ö\n"), { user: "ä", password: "ö\n" }],
    [`bAsIc   ${Buffer.from("a:b").toString("base64")}`, { user: "a", password: "b" }],
    [basic("nocolon"), undefined],
    ["Basic", undefined],
    ["Basic !!!!", undefined],
    ["", undefined],
  ])("reads %j", (header, credentials) => {
    expect(credentialsIn(header)).toEqual(credentials);
  });
});
