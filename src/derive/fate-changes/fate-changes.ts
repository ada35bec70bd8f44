import type { FateChange, FateChangeKind, PromiseFate } from "../../model/diff/diff-report.ts";
import type { Intent, IntentOutcome, JudgedIntent } from "../../model/intent.ts";
import type { Ruleset } from "../../model/netfilter.ts";
import { type Element, elementKey } from "../../model/packet.ts";
import { elementText } from "../evidence.ts";
import { intentsOf } from "../intents.ts";
import { type JudgedFacts, judge } from "../judged-intents.ts";
import { elementOwner } from "../rule-owners.ts";

/** A host at one moment, and what makes everything about it unsure. */
export interface HostThen {
  readonly facts: JudgedFacts;
  readonly blind?: string;
}

export interface FateChanges {
  /** How many promises were compared. */
  readonly promises: number;
  readonly changes: readonly FateChange[];
}

/**
 * Promises whose packets end otherwise after than before, and what decides now. Packets that only one of the snapshots has (such as
 * for want of an uplink) are walked through the other one too, as long as Docker still promises what they stand for.
 */
export function fateChanges(before: HostThen, after: HostThen): FateChanges {
  const [were, are] = [before, after].map(({ facts }) => byId(intentsOf(facts)));
  if (were === undefined || are === undefined) return { promises: 0, changes: [] };
  const all = new Map([...are, ...were]);
  const there = (host: HostThen, own: ReadonlyMap<string, Intent>): readonly Intent[] =>
    [...all.values()]
      .map((intent) => own.get(intent.id) ?? intent)
      .filter((intent) => own.has(intent.id) || isPromised(intent, host.facts));
  const past = judgedIn(before, there(before, were));
  const present = judgedIn(after, there(after, are));
  const changes = [...all.values()].flatMap((intent) =>
    changeOf(intent, { before: past.get(intent.id), after: present.get(intent.id) }),
  );
  return { promises: all.size, changes };
}

function byId(intents: readonly Intent[]): ReadonlyMap<string, Intent> {
  return new Map(intents.map((intent) => [intent.id, intent]));
}

/** Its container runs and still publishes the port; its peer is one of the swarm's. */
function isPromised(intent: Intent, facts: JudgedFacts): boolean {
  const { containerName, publishedPort, swarmPort } = intent;
  if (swarmPort !== undefined) {
    const { dockerDaemon: daemon } = facts;
    return daemon.state === "running" && daemon.swarm.state === "active";
  }
  const container = facts.containers.find(({ name }) => name === containerName);
  if (container?.state !== "running") return false;
  if (publishedPort === undefined) {
    const { networkId } = intent;
    return (
      networkId === undefined || container.endpoints.some((own) => own.networkId === networkId)
    );
  }
  return container.publishedPorts.some(
    ({ hostBinding: { protocol, address, hostPort } }) =>
      protocol === publishedPort.protocol &&
      address === publishedPort.address &&
      hostPort === publishedPort.hostPort,
  );
}

function judgedIn(
  { facts, blind }: HostThen,
  intents: readonly Intent[],
): ReadonlyMap<string, PromiseFate> {
  if (blind !== undefined) {
    const element: Element = { kind: "not-modelled", text: blind };
    return new Map(intents.map(({ id }) => [id, { state: "unsure", element, text: blind }]));
  }
  const judged = judge(intents, facts);
  return new Map(judged.map((one) => [one.intent.id, fateOf(one, facts.rulesets)]));
}

function fateOf({ outcome }: JudgedIntent, rulesets: readonly Ruleset[]): PromiseFate {
  const { state } = outcome;
  const element = elementOf(outcome);
  if (element === undefined) return { state };
  const owner = elementOwner(element, rulesets)?.name;
  return {
    state,
    ...(outcome.state === "failed" ? { fate: outcome.fate } : {}),
    element,
    text: elementText(element),
    ...(owner === undefined ? {} : { owner }),
  };
}

function elementOf(outcome: IntentOutcome): Element | undefined {
  return outcome.state === "kept" ? undefined : outcome.element;
}

function changeOf(
  { id, kind, title }: Intent,
  so: { readonly before: PromiseFate | undefined; readonly after: PromiseFate | undefined },
): readonly FateChange[] {
  const { before, after } = so;
  const own = { id, kind, title };
  if (before === undefined) return after === undefined ? [] : [{ change: "new", ...own, after }];
  if (after === undefined) return [{ change: "gone", ...own, before }];
  const change = kindOf(before, after);
  return change === undefined ? [] : [{ change, ...own, before, after }];
}

function kindOf(before: PromiseFate, after: PromiseFate): FateChangeKind | undefined {
  const [was, is] = [before.state, after.state];
  if (is === "unsure") return was === "unsure" ? undefined : "unsure-now";
  if (was === "unsure") return "certain-now";
  if (is === "failed") {
    if (was !== "failed") return "broken";
    return isSameCause(before, after) ? undefined : "other-cause";
  }
  if (was === "failed") return "mended";
  if (was === is) return undefined;
  return is === "degraded" ? "weakened" : "strengthened";
}

function isSameCause({ element: was }: PromiseFate, { element: is }: PromiseFate): boolean {
  return was !== undefined && is !== undefined && elementKey(was) === elementKey(is);
}
