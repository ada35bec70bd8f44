import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isAllowed } from "../../src/host/allowed.ts";
import { type Bundle, readBundle } from "../../src/host/bundle.ts";
import { redactBundle } from "../../src/host/redact.ts";
import { contains, parseAddress, parsePrefix } from "../../src/model/ip.ts";
import { reportOf, reportShape } from "../support/report-shape.ts";

const folder = join(import.meta.dirname, "../recordings");
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

describe("every recording, redacted", () => {
  test.each(names)("%s has the same findings under other names", async (name) => {
    const original = await bundleAt(join(folder, name));
    const redacted = redactBundle(original, keyOf(name));
    expect(reportShape(await reportOf(redacted.recording))).toEqual(
      reportShape(await reportOf(original.recording)),
    );
  });

  test.each(names)("%s holds none of its names, MACs and telling addresses", async (name) => {
    const original = await bundleAt(join(folder, name));
    const bundle = redactBundle(original, keyOf(name));
    expect(bundle.recording.filter(({ query }) => !isAllowed(query))).toEqual([]);
    const redacted = textsOf(bundle);
    // Texts keep their order, so that the n-th address or MAC of one is the pseudonym of the other's n-th.
    const pairs = [...textsOf(original)].flatMap(([file, text]) =>
      pairsOf(text, redacted.get(file) ?? ""),
    );
    expect(pairs.filter(([before, after]) => tells(before) && before === after)).toEqual([]);
    const pseudonym = new Map(pairs);
    expect(pairs.filter(([before, after]) => pseudonym.get(before) !== after)).toEqual([]);
    expect(new Set(pseudonym.values()).size).toBe(pseudonym.size);
    const everything = JSON.stringify(bundle);
    const left = personalNames(original).filter((word) => occurs(word, everything));
    expect(left).toEqual([]);
  });
});

async function bundleAt(path: string): Promise<Bundle> {
  const read = await readBundle(path);
  if (!read.ok) throw new Error(read.failure.message);
  return read.bundle;
}

function keyOf(name: string): Uint8Array {
  return createHash("sha256").update(name).digest();
}

function textsOf({ recording }: Bundle): ReadonlyMap<number, string> {
  return new Map(
    recording.flatMap(({ observation }, at) => (observation.ok ? [[at, observation.text]] : [])),
  );
}

// Not the ids of bridges, `8000.2:42:8f:7c:31:18`.
const tokens =
  /(?<![\w.:])(?:(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f:]+)/gi;

/** Addresses and MACs of two texts, side by side. */
function pairsOf(before: string, after: string): readonly (readonly [string, string])[] {
  const [all, others] = [addressesOf(before), addressesOf(after)];
  expect(others.length).toBe(all.length);
  return all.map((token, at) => [token, others[at] ?? ""]);
}

function addressesOf(text: string): readonly string[] {
  // os-release is cut down, and prefixes stand for all addresses in them.
  return [...text.replaceAll(/[0-9a-f.:]+\/\d+/gi, "").matchAll(tokens)]
    .map(([token]) => token)
    .filter((token) => isMac(token) || parseAddress(token) !== undefined);
}

function isMac(token: string): boolean {
  return /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(token);
}

const staying = [
  ...["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.2.0/24", "198.51.100.0/24"],
  ...["203.0.113.0/24", "224.0.0.0/3", "::/127", "2001:db8::/32", "ff00::/8", "fe80::/96"],
].flatMap((text) => parsePrefix(text) ?? []);

/** Not a group's MAC, not an address that every host has. */
function tells(token: string): boolean {
  if (isMac(token)) return token !== "00:00:00:00:00:00" && !/^[0-9a-f][13579bdf]/i.test(token);
  return !staying.some((range) => contains(range, parseAddress(token) ?? ""));
}

/** Words of the formats that a person gave as a name too: they occur whatever the names are. */
const formatWords: ReadonlySet<string> = new Set([
  "always",
  "default",
  "left",
  "right",
  "routed",
  "no",
]);
const ofEveryHost = /^(?:bridge|host|none|docker_gwbridge|(?:gateway_)?ingress(?:[-_]\w+)?)$/;

/** Names of containers, networks, hosts, nodes and images, with their aliases. */
function personalNames({ recording }: Bundle): readonly string[] {
  const found = new Set<string>();
  const collect = (value: unknown, key: string): void => {
    if (typeof value === "string" && nameKeys.has(key)) found.add(value.replace(/^\//, ""));
    if (typeof value !== "object" || value === null || key === "Plugins") return;
    const isList = Array.isArray(value);
    for (const [own, each] of Object.entries(value)) collect(each, isList ? key : own);
  };
  for (const { query, observation } of recording) {
    if (!observation.ok) continue;
    if (query.kind === "file" && query.path.endsWith("/hostname")) {
      found.add(observation.text.trim());
    }
    if (query.kind === "docker" && query.path !== "/version") {
      collect(JSON.parse(observation.text), "");
    }
  }
  return [...found].filter(
    (name) => name !== "" && !formatWords.has(name) && !ofEveryHost.test(name),
  );
}

const nameKeys: ReadonlySet<string> = new Set([
  ...["Name", "Names", "Hostname", "Aliases", "DNSNames", "NodeID", "Id", "SandboxID", "Image"],
]);

/** Whether a name stands there as a word of its own; two digits of a MAC are none. */
function occurs(name: string, text: string): boolean {
  const quoted = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`(?<![\\w.:-])${quoted}(?![\\w.:-])`).test(text);
}
