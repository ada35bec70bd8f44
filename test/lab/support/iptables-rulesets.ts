import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { type DrawnRule, iptablesTables } from "./draw-iptables.ts";
import { type Iptables, prelude, programOf, userChains } from "./iptables-rounds.ts";
import { runCommand } from "./run-command.ts";

/** A ruleset of a few rules: policies, counters, chains of its own and rules that each are known to be taken. */
export function drawnDumps(taken: readonly DrawnRule[]): fc.Arbitrary<string> {
  const counters = fc.tuple(fc.nat(), fc.nat()).map(([packets, bytes]) => `[${packets}:${bytes}]`);
  return fc
    .record({
      rules: fc.uniqueArray(fc.constantFrom(...taken), { minLength: 1, maxLength: 8 }),
      policy: fc.constantFrom("ACCEPT", "DROP"),
      ofChain: counters,
      ofRule: fc.option(counters),
    })
    .map(({ rules, policy, ofChain, ofRule }) =>
      iptablesTables
        .flatMap((table) => [
          `*${table}`,
          `:${table === "raw" || table === "nat" ? "PREROUTING" : "FORWARD"} ${table === "nat" ? "ACCEPT" : policy} ${ofChain}`,
          ...userChains.map((chain) => `:${chain} - [0:0]`),
          ...rules
            .filter((rule) => rule.table === table)
            .map(({ text }) => (ofRule === null ? text : `${ofRule} ${text}`)),
          "COMMIT\n",
        ])
        .join("\n"),
    );
}

/** What iptables-save says of each dump; undefined for one that is not taken. */
export function savesOf(dumps: readonly string[], iptables: Iptables): Promise<Saves> {
  const program = programOf(iptables);
  const line = `${program}-restore < $1 && ${program}-save -c > $2`;
  return inFreshNamespace(dumps, { prelude: prelude.join("; "), line });
}

type Saves = readonly (string | undefined)[];

/**
 * Gives each text to a shell line as the file `$1`, all in one fresh network namespace, where each takes the place of the one before;
 * what the line leaves in `$2` is the answer, undefined where it ended badly. A process of Node and a namespace for each would take
 * many times as long.
 */
export async function inFreshNamespace(
  texts: readonly string[],
  so: { readonly prelude?: string; readonly line: string },
): Promise<Saves> {
  const folder = mkdtempSync(join(tmpdir(), "docknet-rulesets-"));
  try {
    for (const [at, text] of texts.entries()) writeFileSync(join(folder, `${at}.in`), text);
    const { prelude = "true", line } = so;
    const one = `set -- $at.in $at.out; { ${line}; } 2>/dev/null || rm -f $2`;
    const script = `cd ${folder}; ${prelude}; for at in $(seq 0 ${texts.length - 1}); do ${one}; done`;
    const timeoutMs = 10_000 + texts.length * 500;
    const argv = ["unshare", "--net", "sh", "-c", script] as const;
    const { code, stderr } = await runCommand(argv, { timeoutMs });
    if (code !== 0) throw new Error(stderr);
    return texts.map((_, at) => textOf(join(folder, `${at}.out`)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
