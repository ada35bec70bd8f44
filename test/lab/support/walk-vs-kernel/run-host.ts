import { compileNetns } from "../../../../src/derive/walk/compile.ts";
import { walk } from "../../../../src/derive/walk/walk.ts";
import type { Attempt } from "../../../../src/model/intent.ts";
import type { Element, WalkResult } from "../../../../src/model/packet.ts";
import { buildHost, observe, peerMac, type RuleNumbers } from "./built-host.ts";
import { attemptOf, difference, isDoubtful } from "./compare.ts";
import { type CounterDumps, counterDifferences, readCounters } from "./counters.ts";
import type { DrawnHost } from "./drawn-host.ts";
import { type Fate, probe, type Sent } from "./observe.ts";
import { type Answers, factsOf, readHost } from "./read-host.ts";

/** A packet, what the kernel made of it and what the walk says. */
export interface Pair {
  readonly sent: Sent;
  readonly attempt: Attempt;
  readonly fate: Fate;
  readonly result: WalkResult;
  /** Why the walk was unsure. */
  readonly doubt?: Element;
  /** Where a certain verdict differs from the kernel. */
  readonly wrong?: string;
}

export interface HostRun {
  readonly host: DrawnHost;
  readonly answers: Answers;
  readonly pairs: readonly Pair[];
  /** Rules of iptables-legacy whose counters tell of other packets than the walks. */
  readonly miscounted: readonly string[];
}

/** What a kernel did with the packets of a router, and what docknet read of it: enough to judge without a kernel. */
export interface SeenHost {
  readonly host: DrawnHost;
  readonly answers: Answers;
  readonly numbers: RuleNumbers;
  readonly fates: ReadonlyMap<Sent, Fate>;
  readonly strays: number;
  readonly counters: CounterDumps;
}

/** Builds a router, lets docknet read it, sends its packets and compares. */
export async function runHost(host: DrawnHost): Promise<HostRun> {
  return judged(await seenHost(host));
}

/** Builds a router, lets docknet read it and sends its packets. */
export async function seenHost(host: DrawnHost): Promise<SeenHost> {
  const prober = await buildHost(host);
  try {
    const answers = await readHost(prober.routerPid);
    const numbers = await observe(prober);
    const probed = await probe(host, prober);
    const counters = await readCounters(host, prober.routerPid);
    return { host, answers, numbers, ...probed, counters };
  } finally {
    await prober.end();
  }
}

/** What the walk says of each packet beside what the kernel did. */
export async function judged(seen: SeenHost): Promise<HostRun> {
  const { host, answers, numbers, fates } = seen;
  const netns = compileNetns(await factsOf(answers));
  const results = new Map<number, WalkResult>();
  const pairs = [...fates].map(([sent, fate]): Pair => {
    const opened = results.get(sent.answers?.id ?? -1);
    const attempt = attemptOf(sent, {
      sourceMac: peerMac(host, sent.probe.peer ?? ""),
      ...(opened === undefined ? {} : { opened }),
    });
    const result = walk(netns, attempt);
    results.set(sent.id, result);
    if (result.fate === "unsure") return { sent, attempt, fate, result, doubt: result.element };
    // The name that neighbours' links have is their own; the router's link is the other end.
    const ordered = new Set(host.rulesets.map(({ backend }) => backend)).size < 2;
    const path = ordered && !isSeenByBridge(host, sent);
    const visible = { ordered, ...(path ? { numbers } : {}) };
    const wrong = difference(result, withRouterLink(host, fate), visible);
    return { sent, attempt, fate, result, ...(wrong === undefined ? {} : { wrong }) };
  });
  return { host, answers, pairs, miscounted: miscounted(seen, pairs) };
}

/** Where both backends may stop a packet, which of them comes first is not visible. */
function miscounted({ host, counters, strays }: SeenHost, pairs: readonly Pair[]) {
  const both = host.rulesets.some(({ backend }) => backend === "nft");
  const walks = pairs.map(({ result, doubt }) => ({
    steps: result.steps,
    certain: doubt === undefined && !isDoubtful(result) && (result.fate === "delivered" || !both),
  }));
  return counterDifferences(counters, walks, strays);
}

function withRouterLink(host: DrawnHost, fate: Fate): Fate {
  const link = host.links.find(({ peer }) => peer === fate.link);
  return link === undefined ? fate : { ...fate, link: link.master ?? link.name };
}

/** Packets that bridge netfilter looks at are traced in pieces. */
function isSeenByBridge(host: DrawnHost, { probe: { entry } }: Sent): boolean {
  const bridged = host.links.some(({ master }) => master === entry);
  return bridged && host.sysctls.some((line) => /bridge-nf-call-\S+ 1/.test(line));
}
