import type { NftBaseChain } from "../../model/native-nft.ts";
import type { Hook } from "../../model/netfilter.ts";
import type { Element, Step } from "../../model/packet.ts";
import { asAltered } from "./alter.ts";
import { type Translation, type Traversal, traverse } from "./chain.ts";
import { type CompiledNetns, type HookEntry, priorityOf } from "./compile.ts";
import { type InFlight, withDestinationBack, withSourceBack } from "./in-flight.ts";
import { traverseNft } from "./nft/traverse.ts";
import { refusedAgain } from "./route-out.ts";
import { translated } from "./translate.ts";

/** What a hook makes of a packet. */
export type HookResult =
  | {
      readonly kind: "passed";
      readonly flight: InFlight;
      readonly steps: readonly Step[];
      /** It may also be dropped here: what docknet cannot compute. */
      readonly doubt?: Element;
    }
  | {
      readonly kind: "stopped";
      readonly fate: "dropped" | "rejected" | "unsure";
      readonly element: Element;
      readonly steps: readonly Step[];
    };

/** What was met so far at a hook. */
interface Passing {
  flight: InFlight;
  doubt: Element | undefined;
  translatedBy: Translation | undefined;
  translatedAt: number | undefined;
  untranslated: InFlight | undefined;
  steps: Step[];
}

type Stop = Omit<Extract<HookResult, { readonly kind: "stopped" }>, "steps" | "kind">;

/** Takes a packet through all base chains of a hook, in the order of priorities; every one of them must accept. */
export function passHook(netns: CompiledNetns, hook: Hook, start: InFlight): HookResult {
  const passing: Passing = {
    flight: start,
    doubt: undefined,
    translatedBy: undefined,
    translatedAt: undefined,
    untranslated: undefined,
    steps: [],
  };
  const groups = ofOnePriority(netns.hooks[start.family][hook], hook);
  let before = start.routeAgain;
  for (const [at, group] of groups.entries()) {
    const stop = passGroup({ netns, hook }, group, passing);
    if (stop !== undefined) return { kind: "stopped", ...stop, steps: passing.steps };
    // All chains of nat are asked at one place: only behind the last of them is the packet routed.
    if (isNatGroup(group) && isNatGroup(groups[at + 1] ?? [])) continue;
    const refused = refusedAgain(netns, passing.flight, before);
    if (refused !== undefined) return { kind: "stopped", ...refused, steps: passing.steps };
    before = passing.flight.routeAgain;
  }
  const { flight, steps, doubt } = passing;
  return { kind: "passed", flight, steps, ...(doubt === undefined ? {} : { doubt }) };
}

interface At {
  readonly netns: CompiledNetns;
  readonly hook: Hook;
}

/** Chains of one priority stand in the order in which they were registered, which nobody can see (nf_hook_entries_grow). */
function passGroup(at: At, group: readonly HookEntry[], passing: Passing): Stop | undefined {
  const [first, second] = group;
  if (first === undefined) return undefined;
  if (second === undefined) return passEntryOf(at, first, passing);
  const outcomes = orders(group).map((order) => {
    const trial: Passing = { ...passing, steps: [] };
    const stop = order.reduce<Stop | undefined>(
      (before, entry) => before ?? passEntryOf(at, entry, trial),
      undefined,
    );
    return {
      trial,
      stop,
      key: JSON.stringify([stop?.fate, stop === undefined ? trial.flight : 0]),
    };
  });
  const [chosen] = outcomes;
  if (chosen === undefined) return undefined;
  const { steps, ...rest } = chosen.trial;
  passing.steps.push(...steps);
  Object.assign(passing, rest);
  if (outcomes.every(({ key }) => key === chosen.key)) return chosen.stop;
  return { fate: "unsure", element: orderElement };
}

const orderElement: Element = {
  kind: "not-modelled",
  text: "several chains of one priority decide differently by their order, which is not visible",
};

/** Every order of up to three chains; of more, as they are listed and turned round. */
function orders(group: readonly HookEntry[]): readonly (readonly HookEntry[])[] {
  if (group.length > 3) return [group, group.toReversed()];
  if (group.length < 2) return [group];
  return group.flatMap((entry) =>
    orders(group.filter((other) => other !== entry)).map((rest) => [entry, ...rest]),
  );
}

function ofOnePriority(
  entries: readonly HookEntry[],
  hook: Hook,
): readonly (readonly HookEntry[])[] {
  const groups: HookEntry[][] = [];
  let last: number | undefined;
  for (const entry of entries) {
    const priority = orderedPriority(entry, hook);
    const group = groups.at(-1);
    if (group !== undefined && priority !== undefined && priority === last) group.push(entry);
    else groups.push([entry]);
    last = priority;
  }
  return groups;
}

/** undefined = beside no other chain: nat has its own order, and what is not read stands alone. */
function orderedPriority(entry: HookEntry, hook: Hook): number | undefined {
  if (isNatEntry(entry)) return undefined;
  if (entry.kind === "iptables") return priorityOf(entry.table, hook);
  return entry.kind === "nft" ? entry.on.base.priority : undefined;
}

function passEntryOf({ netns, hook }: At, entry: HookEntry, passing: Passing): Stop | undefined {
  const { flight } = passing;
  if (entry.kind === "connection-nat") {
    passing.flight = translatedBack(hook, flight);
    return undefined;
  }
  const isNat = isNatEntry(entry);
  const { translatedAt, translatedBy } = passing;
  // The first chain that translates ends them; among chains of one priority which is first is not visible.
  if (isNat && translatedAt !== undefined && natPriority(entry, hook) > translatedAt)
    return undefined;
  // The nat table sees the first packet of a connection only; conntrack translates the rest (nf_nat_core.c).
  if (isNat && !isForNat(flight)) return undefined;
  // Each backend is asked about the packet as it came: which one translates first is not visible.
  const seen = isNat ? (passing.untranslated ?? flight) : flight;
  const result = passEntry(entry, seen);
  passing.steps.push(...result.steps);
  if (!result.accepted && result.dropped !== undefined) return result.dropped;
  if (result.dropped !== undefined) passing.doubt ??= result.doubt ?? result.dropped.element;
  if (result.translationDoubt !== undefined)
    return { fate: "unsure", element: result.translationDoubt };
  const left = leftBy(entry, { hook, result }, flight);
  passing.flight = left;
  if (result.translation === undefined) return undefined;
  passing.untranslated ??= left;
  if (translatedBy !== undefined && !sameTranslation(translatedBy, result.translation))
    return { fate: "unsure", element: twoTranslations };
  passing.translatedBy = result.translation;
  passing.translatedAt = natPriority(entry, hook);
  const next = translated(netns, { translation: result.translation, hook }, left);
  if (next === undefined) return { fate: "unsure", element: result.translation.element };
  passing.flight = routedAgain(hook, left, next);
  return undefined;
}

const twoTranslations: Element = {
  kind: "not-modelled",
  text: "two nat chains of one priority both translate here; which one comes first is not visible",
};

/** The packet with the marks and the like that a chain left on it. */
function leftBy(
  entry: HookEntry,
  { hook, result }: { readonly hook: Hook; readonly result: Traversal },
  flight: InFlight,
): InFlight {
  const altered =
    result.altered === undefined
      ? { ...flight, mark: result.mark }
      : asAltered(flight, result.altered);
  const tracked = result.untracked ? { ...altered, untracked: true as const } : altered;
  const remarked = isRerouting(entry, hook) && result.mark !== flight.mark;
  return remarked ? { ...tracked, routeAgain: { mark: result.mark } } : tracked;
}

/** The rules of nat tables see the first packet of a connection, once at each end of its way. */
function isForNat({ packet, natDecided, untracked }: InFlight): boolean {
  return packet.ctState === "NEW" && natDecided === undefined && untracked === undefined;
}

/** What conntrack makes of the packets that nat tables do not see (nf_nat_packet). */
function translatedBack(hook: Hook, flight: InFlight): InFlight {
  if (flight.untracked || flight.packet.ctDirection !== "REPLY") return flight;
  if (hook === "prerouting") return withDestinationBack(flight);
  if (hook === "output") return routedAgain(hook, flight, withDestinationBack(flight));
  return withSourceBack(flight);
}

/** A local packet with another destination gets another route (nf_nat_ipv4_local_fn). */
function routedAgain(hook: Hook, before: InFlight, after: InFlight): InFlight {
  const same = before.packet.destination === after.packet.destination;
  return hook !== "output" || same ? after : { ...after, routeAgain: { mark: after.mark } };
}

/** Chains after which a local packet with another mark is routed again: mangle of iptables, type route of nftables. */
function isRerouting(entry: HookEntry, hook: Hook): boolean {
  if (hook !== "output") return false;
  if (entry.kind === "iptables") return entry.table.name === "mangle";
  return entry.kind === "nft" && entry.on.base.chainType === "route";
}

function isNatGroup([first]: readonly HookEntry[]): boolean {
  return first !== undefined && isNatEntry(first);
}

function isNatEntry(entry: HookEntry): boolean {
  if (entry.kind === "iptables") return entry.table.name === "nat";
  return entry.kind === "nft" && entry.on.base.chainType === "nat";
}

/** Chains of iptables stand where NF_IP_PRI_NAT_DST and NF_IP_PRI_NAT_SRC say. */
function natPriority(entry: HookEntry, hook: Hook): number {
  if (entry.kind === "nft") return entry.on.base.priority;
  return hook === "prerouting" || hook === "output" ? -100 : 100;
}

function passEntry(entry: HookEntry, flight: InFlight): Traversal {
  switch (entry.kind) {
    case "connection-nat":
      return { accepted: true, returned: false, mark: flight.mark, steps: [] };
    case "iptables":
      return passBaseChain(entry, flight);
    case "nft":
      return traverseNft(entry.on, flight);
    case "nft-frames":
      return notEvaluated(entry.chain, flight);
    case "nft-unreadable":
      return uncertain(flight, { kind: "not-modelled", text: entry.reason });
  }
}

function passBaseChain(
  { table, chain }: Extract<HookEntry, { readonly kind: "iptables" }>,
  flight: InFlight,
): Traversal {
  if (table.incompatible) {
    const chains = table.misprinted.length === 0 ? "" : ` (chain ${table.misprinted.join(", ")})`;
    const text = `${table.family} table ${table.name} holds nftables rules that iptables cannot print${chains}`;
    const element: Element = { kind: "not-modelled", text };
    const may = { ...uncertain(flight, element), mark: undefined };
    return table.name === "nat" ? { ...may, translationDoubt: element } : may;
  }
  const result = traverse(table, chain, flight);
  if (!result.returned) return result;
  if (chain.policy !== "DROP") return { ...result, accepted: true };
  const element: Element = {
    kind: "policy",
    family: table.family,
    backend: table.backend,
    table: table.name,
    chain: chain.name,
    policy: "DROP",
  };
  const steps = [
    ...result.steps,
    { at: `${table.family} ${table.name} ${chain.name}`, element, verdict: "policy DROP" },
  ];
  return { ...result, steps, dropped: result.dropped ?? { fate: "dropped", element } };
}

/** Its rules may drop and mark; those of a nat chain may also send the packet elsewhere. */
function notEvaluated(chain: NftBaseChain, flight: InFlight): Traversal {
  const { ruleCount, policy } = chain;
  const what = ruleCount > 0 ? `${ruleCount} native nftables rules` : `policy ${policy}`;
  const element = nftElement(chain, `${what} that docknet does not evaluate yet`);
  const may = { ...uncertain(flight, element), mark: undefined };
  return chain.chainType === "nat" ? { ...may, translationDoubt: element } : may;
}

function nftElement({ nftFamily, table, chain }: NftBaseChain, detail: string): Element {
  return { kind: "nft-chain", nftFamily, table, chain, detail };
}

function uncertain(flight: InFlight, element: Element): Traversal {
  return {
    accepted: true,
    returned: false,
    dropped: { fate: "dropped", element },
    doubt: element,
    mark: flight.mark,
    steps: [],
  };
}

function sameTranslation(a: Translation, b: Translation): boolean {
  return a.kind === b.kind && JSON.stringify(a.range) === JSON.stringify(b.range);
}
