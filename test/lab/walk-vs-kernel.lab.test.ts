import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { describeLab } from "./support/describe-lab.ts";
import { drawnHosts } from "./support/walk-vs-kernel/draw-host.ts";
import type { DrawnHost } from "./support/walk-vs-kernel/drawn-host.ts";
import { caseOf } from "./support/walk-vs-kernel/regression.ts";
import { type HostRun, type Pair, runHost } from "./support/walk-vs-kernel/run-host.ts";
import { shrunk } from "./support/walk-vs-kernel/shrink.ts";
import { type Tally, tallyOf, tallyText } from "./support/walk-vs-kernel/tally.ts";

// The seed is fixed, so that a run says the same tomorrow; DOCKNET_SEED draws others, DOCKNET_PAIRS asks for more.
const wanted = Number(process.env["DOCKNET_PAIRS"] ?? 20_000);
const given = process.env["DOCKNET_SEED"] ?? "20261123";
const seed = given === "random" ? Date.now() % 2 ** 31 : Number(given);
const probesPerHost = 100;
const atOnce = 2;
const regressions = join(import.meta.dirname, "../derive/walk/regressions");

describeLab(`the walk beside the kernel (seed ${seed})`, () => {
  test(
    "says of no packet for certain what the kernel does not do",
    async () => {
      const start = performance.now();
      const runs = await runsOf(wanted);
      const tally = tallyOf(runs);
      process.stdout.write(`${tallyText(tally, (performance.now() - start) / 1_000)}\n`);
      const miscounted = runs.filter((run) => run.miscounted.length > 0);
      const wrong = runs.flatMap(({ host, pairs }) =>
        pairs.filter((pair) => pair.wrong !== undefined).map((pair) => ({ host, pair })),
      );
      const [first] = wrong;
      if (first !== undefined) await save(first.host, first.pair);
      expect(wrong.map(({ pair }) => `${JSON.stringify(pair.sent)}\n${pair.wrong}`)).toEqual([]);
      expect(miscounted.flatMap((run) => run.miscounted)).toEqual([]);
      expect(lopsided(tally)).toEqual([]);
      expect(tally.tellable.unsure / tally.tellable.pairs).toBeLessThan(0.02);
    },
    Math.max(300_000, wanted * 30),
  );
});

/** Draws hosts until there are enough pairs; a few at once, as much of the time is the kernel's. */
async function runsOf(pairs: number): Promise<readonly HostRun[]> {
  const hosts = fc.sample(drawnHosts(probesPerHost), {
    numRuns: Math.ceil(pairs / probesPerHost),
    seed,
  });
  const runs: HostRun[] = [];
  const count = () => runs.reduce((sum, run) => sum + run.pairs.length, 0);
  const worker = async (): Promise<void> => {
    for (let host = hosts.shift(); host !== undefined && count() < pairs; host = hosts.shift())
      runs.push(await runHost(host));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return runs;
}

/** What a run must be made of. */
function lopsided(tally: Tally): readonly string[] {
  const { pairs, hosts, features } = tally;
  const least: readonly (readonly [name: string, part: number, least: number])[] = [
    ["delivered", tally.delivered / pairs, 1 / 5],
    ["dropped or rejected", tally.stopped / pairs, 1 / 5],
    ["translated", tally.translated / pairs, 1 / 10],
    ["decided after the third rule", tally.afterThird / pairs, 1 / 2],
    ["IPv6", tally.ipv6 / pairs, 1 / 3],
    ["legacy", (features.get("iptables-legacy")?.hosts ?? 0) / hosts, 1 / 5],
    ["native nft", (features.get("native nft")?.hosts ?? 0) / hosts, 1 / 5],
    ...[...features].map(([name, own]) => [name, own.hosts / hosts, 0.02] as const),
  ];
  return least
    .filter(([, part, share]) => part < share)
    .map(([name, part, share]) => `${name}: ${part.toFixed(3)} < ${share.toFixed(3)}`);
}

/** Makes the host of a failing pair small and keeps what docknet read of it, to be replayed without a kernel. */
async function save(host: DrawnHost, pair: Pair): Promise<void> {
  const failing = pair.sent.probe;
  const probe = pair.sent.answers === undefined ? failing : host.probes[pair.sent.answers.id - 1];
  const wrongOf = (run: HostRun) => run.pairs.find(({ wrong }) => wrong !== undefined);
  const small = await shrunk(host, probe ?? failing, {
    // A line that is left out may leave another without sense: such a host is none.
    stillFails: (candidate) =>
      runHost(candidate).then(
        (run) => wrongOf(run) !== undefined,
        () => false,
      ),
    tries: 150,
  });
  const run = await runHost(small);
  const left = wrongOf(run);
  if (left === undefined) return;
  mkdirSync(regressions, { recursive: true });
  const path = join(regressions, `seed-${seed}-packet-${pair.sent.id}.json`);
  writeFileSync(path, `${JSON.stringify(caseOf(run, left), undefined, 2)}\n`);
  process.stdout.write(`the smallest host that shows it: ${path}\n`);
}
