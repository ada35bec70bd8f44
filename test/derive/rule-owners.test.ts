import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chainOwner, nftTableOwner, ruleOwner } from "../../src/derive/rule-owners.ts";
import { parseIptablesSave } from "../../src/parsers/iptables-save.ts";
import { parseNftRuleset } from "../../src/parsers/nft-ruleset.ts";

const recordings = join(import.meta.dirname, "../recordings");

function answer(recording: string, ending: string): string {
  const folder = join(recordings, recording, "records");
  const file = readdirSync(folder).find((name) => name.endsWith(ending));
  return readFileSync(join(folder, file ?? ending), "utf8");
}

/** Owners of the chains in a dump; those of built-in and nameless ones apart. */
function ownersIn(recording: string): readonly string[] {
  const dump = parseIptablesSave(answer(recording, "-iptables-nft-save-c.out"));
  if (!dump.ok) throw new Error(dump.failure.message);
  const chains = dump.value.tables.flatMap((table) => table.chains);
  const owners = chains
    .filter(({ policy }) => policy === undefined)
    .map(({ name }) => chainOwner(name)?.kind ?? `nobody known: ${name}`);
  return [...new Set(owners)].sort();
}

describe("rule owners", () => {
  test("are known of every chain that Docker and ufw make", () => {
    expect(ownersIn("lab-h1--healthy")).toEqual(["docker", "docker-user"]);
    expect(ownersIn("56-ufw-enable-after-docker-f2--after")).toEqual([
      "docker",
      "docker-user",
      "ufw",
    ]);
  });

  test("are known of the tables of native nftables", () => {
    const tablesIn = (recording: string): readonly string[] => {
      const ruleset = parseNftRuleset(answer(recording, "-nft-j-list-ruleset.out"));
      if (!ruleset.ok) throw new Error(ruleset.failure.message);
      return ruleset.value.tables.map(({ name }) => name);
    };
    expect(tablesIn("52-firewalld-reload-f1--after")).toContain("firewalld");
    expect(nftTableOwner("firewalld").kind).toBe("firewalld");
    expect(tablesIn("14-docker29.7-nftables-n2--healthy")).toContain("docker-bridges");
    expect(nftTableOwner("docker-bridges").kind).toBe("docker");
    expect(nftTableOwner("filter").kind).toBe("native-nftables");
  });

  test.each([
    ["-A FORWARD -j ufw-before-forward", "ufw"],
    ["-A FORWARD -j DOCKER-USER", "docker"],
    ["-A DOCKER-USER -j DROP", "docker-user"],
    ['-A OUTPUT -m comment --comment "wg-quick(8) rule for wg0" -j DROP', "wg-quick"],
    ["-A FORWARD -j DROP", undefined],
    ["-A INPUT -j mine", undefined],
  ])("of %j: %s", (line, kind) => {
    const dump = parseIptablesSave(
      `*filter\n:mine - [0:0]\n:DOCKER-USER - [0:0]\n:ufw-before-forward - [0:0]\n${line}\nCOMMIT\n`,
    );
    const rules = dump.ok
      ? dump.value.tables.flatMap(({ chains }) => chains.flatMap((c) => c.rules))
      : [];
    expect(rules.map((rule) => ruleOwner(rule)?.kind)).toEqual([kind]);
  });
});
