import { hashSync } from "bcryptjs";
import { describe, expect, test } from "vitest";
import { hashingParts, passwordGate } from "../../../src/agent/web/passwords.ts";
import { gate as aGate } from "../../support/an-agent.ts";

const right = { user: "prometheus", password: "geheim" };
const wrong = { user: "prometheus", password: "falsch" };

/** A gate whose hashes take as long as the test wants, with what it did. */
function slowGate() {
  const hashed: string[] = [];
  const rests: number[] = [];
  const waiting: PromiseWithResolvers<boolean>[] = [];
  let nowMs = 0;
  const gate = passwordGate({
    fits: (password) => {
      hashed.push(password);
      const work = aGate<boolean>();
      waiting.push(work);
      return work.promise;
    },
    nowMs: () => nowMs,
    rest: async (ms) => void rests.push(ms),
  });
  const finish = async (fits: boolean) => {
    await new Promise(setImmediate);
    nowMs += 80;
    waiting.shift()?.resolve(fits);
    await new Promise(setImmediate);
  };
  return { gate, hashed, rests, finish };
}

const from = (peer: string) => ({ users: new Map([["prometheus", "$2y$10$hash"]]), peer });

describe("passwordGate", () => {
  test("knows right from wrong, and a user that there is none of", async () => {
    const users = new Map([["prometheus", hashSync("geheim", 4).replace("$2b$", "$2y$")]]);
    const gate = passwordGate(hashingParts((work) => work()));
    const ask = (user: string, password: string) =>
      gate.verify({ user, password }, { users, peer: "10.0.0.1" });
    expect([
      await ask("prometheus", "geheim"),
      await ask("prometheus", "geheim "),
      await ask("prometheus", ""),
      await ask("grafana", "geheim"),
      await ask("__proto__", "geheim"),
      await ask("prometheus", "geheim"),
    ]).toEqual(["right", "wrong", "wrong", "wrong", "wrong", "right"]);
  });

  test("hashes a password once, right or wrong, and again when the user's hash is another", async () => {
    const { gate, hashed, finish } = slowGate();
    for (const [credentials, fits] of [[right, true] as const, [wrong, false] as const]) {
      const first = gate.verify(credentials, from("10.0.0.1"));
      await finish(fits);
      const verdict = fits ? "right" : "wrong";
      expect([await first, await gate.verify(credentials, from("10.0.0.2"))]).toEqual([
        verdict,
        verdict,
      ]);
    }
    expect(hashed).toEqual(["geheim", "falsch"]);
    const changed = { users: new Map([["prometheus", "$2y$10$other"]]), peer: "10.0.0.1" };
    const again = gate.verify(right, changed);
    await finish(false);
    expect([await again, hashed]).toEqual(["wrong", ["geheim", "falsch", "geheim"]]);
  });

  test("hashes one at a time, with a rest of three times as long after it", async () => {
    const { gate, hashed, rests, finish } = slowGate();
    const first = gate.verify(wrong, from("10.0.0.1"));
    const second = gate.verify(right, from("10.0.0.2"));
    await new Promise(setImmediate);
    expect([hashed, rests]).toEqual([["falsch"], []]);
    await finish(false);
    expect([await first, hashed, rests]).toEqual(["wrong", ["falsch", "geheim"], [240]]);
    await finish(true);
    expect(await second).toBe("right");
  });

  test("lets one password of a peer wait, and few peers, and asks nobody twice for the same", async () => {
    const { gate, hashed, finish } = slowGate();
    const verdicts = Array.from({ length: 200 }, (_, index) =>
      gate.verify({ user: "a", password: `${index}` }, from("10.0.0.1")),
    );
    const same = gate.verify({ user: "a", password: "0" }, from("10.0.0.9"));
    const peers = Array.from({ length: 30 }, (_, index) =>
      gate.verify({ user: "b", password: `${index}` }, from(`10.0.1.${index}`)),
    );
    for (let turn = 0; turn < 20; turn += 1) await finish(true);
    const told = await Promise.all([...verdicts, same, ...peers]);
    expect([
      told.filter((verdict) => verdict === "busy").length,
      told.filter((verdict) => verdict === "wrong").length,
      hashed.length,
    ]).toEqual([199 + 15, 1 + 1 + 15, 16]);
  });

  test("answers who is known at once while others flood it", async () => {
    const { gate, finish } = slowGate();
    const first = gate.verify(right, from("10.0.0.1"));
    await finish(true);
    await first;
    const flood = gate.verify(wrong, from("10.0.0.2"));
    expect(await gate.verify(right, from("10.0.0.1"))).toBe("right");
    await finish(false);
    await flood;
  });

  test("forgets wrong passwords before right ones", async () => {
    const { gate, hashed, finish } = slowGate();
    const ask = async (password: string, fits: boolean) => {
      const verdict = gate.verify({ user: "prometheus", password }, from("10.0.0.1"));
      await finish(fits);
      return verdict;
    };
    await ask("geheim", true);
    for (let index = 0; index < 200; index += 1) await ask(`falsch-${index}`, false);
    const before = hashed.length;
    expect([await ask("geheim", false), hashed.length - before]).toEqual(["right", 0]);
  });

  test("outlives a hash that throws", async () => {
    const gate = passwordGate({
      fits: () => Promise.reject(new Error("oops")),
      nowMs: () => 0,
      rest: async () => undefined,
    });
    await expect(gate.verify(right, from("10.0.0.1"))).rejects.toThrow("oops");
    await expect(gate.verify(right, from("10.0.0.1"))).rejects.toThrow("oops");
  });
});
