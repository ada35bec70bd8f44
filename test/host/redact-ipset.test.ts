import { expect, test } from "vitest";
import { redactRecording } from "../../src/host/redact.ts";
import { contains, parsePrefix } from "../../src/model/ip.ts";
import { parseIpsetSave } from "../../src/parsers/ipset/ipset-save.ts";
import { fixturesOf } from "../support/fixtures.ts";

const key = new Uint8Array(32).fill(1);
const at = { observedAt: "2026-11-02T10:00:00.000Z", durationMs: 1 };

function redacted(...answers: readonly (readonly [string, string])[]): readonly string[] {
  const recording = answers.map(([command, text]) => {
    const [program = "", ...words] = command.split(" ");
    const query = { kind: "command", argv: [program, ...words] } as const;
    return { query, observation: { ok: true, text, ...at } } as const;
  });
  return redactRecording(recording, key).map(({ observation }) =>
    observation.ok ? observation.text : "",
  );
}

test("a set has the same name in its rules and where it is listed", () => {
  const rules = "*filter\n-A INPUT -m set --match-set acme src -j DROP\nCOMMIT\n";
  const sets = 'create acme hash:ip family inet comment\nadd acme 198.51.100.7 comment "of acme"\n';
  const [rule = "", text = ""] = redacted(["iptables-nft-save -c", rules], ["ipset save", sets]);
  const [, name = ""] = /--match-set (\S+)/.exec(rule) ?? [];
  expect(name).not.toBe("acme");
  expect(text).toContain(`create ${name} hash:ip family inet comment\nadd ${name} `);
  expect(text).toMatch(new RegExp(`comment "of ${name}"`));
});

test.each(fixturesOf("ipset"))("the sets of $name keep their structure", ({ text }) => {
  const [after = ""] = redacted(["ipset save", text]);
  const before = parseIpsetSave(text);
  const parsed = parseIpsetSave(after);
  const shape = (sets: typeof before) =>
    sets.ok
      ? sets.value.map(({ name: _, options: __, elements, ...head }) => [head, elements.length])
      : [];
  expect(shape(parsed)).toEqual(shape(before));
  expect(after).not.toMatch(/1\.2\.3\.|10\.0\.0\.5/);
});

test("an address stays in its network", () => {
  const text = "create s hash:net family inet\nadd s 198.51.100.0/24\nadd s 198.51.100.7 nomatch\n";
  const parsed = parseIpsetSave(redacted(["ipset save", text])[0] ?? "");
  const [network, exception] = parsed.ok ? (parsed.value[0]?.elements ?? []) : [];
  const prefix = parsePrefix(network?.value ?? "");
  expect(prefix !== undefined && contains(prefix, exception?.value ?? "")).toBe(true);
});
