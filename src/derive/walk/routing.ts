import { type Address, addressText, type Family } from "../../model/ip.ts";
import type { Element } from "../../model/packet.ts";
import type { NextHop, Route, RoutingRule } from "../../model/route.ts";
import { type Fib, routesOf } from "./fib.ts";
import { routeElement, routeText, ruleElement, ruleText } from "./route-text.ts";
import type { Lookup } from "./routing-rule.ts";

export type RouteAnswer =
  | { readonly kind: "local"; readonly route: Route }
  | {
      readonly kind: "unicast";
      readonly route: Route;
      readonly outputLink: string;
      readonly gateway?: Address;
    }
  /** broadcast, multicast, anycast */
  | { readonly kind: "other"; readonly route: Route }
  /** blackhole, unreachable, prohibit, or no route at all. */
  | { readonly kind: "refused"; readonly fate: "dropped" | "rejected"; readonly element: Element }
  | { readonly kind: "unsure"; readonly element: Element };

/** Every answer that the kernel may give, the likeliest first; several only with the reason. */
export interface PossibleRoutes {
  readonly answers: readonly [RouteAnswer, ...RouteAnswer[]];
  readonly doubt?: Element;
}

/** The kernel's answer for a packet (ip-rule(8), ip-route(8)); unsure where it may give several. */
export function lookUpRoute(fib: Fib, family: Family, lookup: Lookup): RouteAnswer {
  const { answers, doubt } = possibleRoutes(fib, family, lookup);
  const [first, ...others] = answers;
  if (doubt === undefined || others.every((other) => isSameWay(first, other))) return first;
  return { kind: "unsure", element: doubt };
}

function isSameWay(a: RouteAnswer, b: RouteAnswer): boolean {
  return a.kind === "unicast" && b.kind === "unicast" && a.outputLink === b.outputLink;
}

/** Rules in their order; a rule of which nobody knows whether it is for the packet leaves both ways open. */
export function possibleRoutes(fib: Fib, family: Family, lookup: Lookup): PossibleRoutes {
  const waits = tentativeDestination(fib, lookup);
  if (waits !== undefined) return { answers: [{ kind: "unsure", element: waits }] };
  const rules = fib.rules[family];
  const answers: RouteAnswer[] = [];
  let doubt: Element | undefined;
  let at = 0;
  while (at < rules.length) {
    const { rule, test } = rules[at] ?? { rule: undefined, test: undefined };
    at += 1;
    if (rule === undefined || test === undefined) break;
    const matches = test(lookup);
    if (matches === false) continue;
    if (matches === "unsure") doubt ??= unsureRule(rule);
    if (rule.action.kind === "goto") {
      // Whether it jumps or goes on: the rules between are asked in one of the cases only.
      if (matches === "unsure") answers.push({ kind: "unsure", element: unsureRule(rule) });
      else at = targetOf(rules, rule.action.priority) ?? at;
      continue;
    }
    const outcome = applyRule(fib, rule, lookup);
    if (outcome === undefined) continue;
    answers.push(...outcome.answers);
    doubt ??= outcome.doubt;
    if (matches === true && outcome.final) return possible(answers, doubt);
  }
  const destination = addressText(lookup.destination);
  answers.push({
    kind: "refused",
    fate: "rejected",
    element: { kind: "no-route", destination },
  });
  return possible(answers, doubt);
}

/** The local route of such an address comes when its check has ended: until then nobody can tell whether the packet is in time. */
function tentativeDestination({ tentative }: Fib, { destination }: Lookup): Element | undefined {
  if (tentative.size === 0) return undefined;
  const address = addressText(destination);
  const ifname = tentative.get(address);
  if (ifname === undefined) return undefined;
  const text = `${address} on ${ifname} is being checked for a second owner (tentative): it is answered on in some seconds`;
  return { kind: "not-modelled", text };
}

function possible(answers: readonly RouteAnswer[], doubt: Element | undefined): PossibleRoutes {
  const [first = noAnswer, ...others] = answers;
  const unlike = others.filter((other) => !isSameAnswer(first, other));
  if (unlike.length === 0) return { answers: [first] };
  return { answers: [first, ...unlike], ...(doubt === undefined ? {} : { doubt }) };
}

const noAnswer: RouteAnswer = {
  kind: "unsure",
  element: { kind: "not-modelled", text: "no routing rule answers" },
};

function isSameAnswer(a: RouteAnswer, b: RouteAnswer): boolean {
  if (a.kind === "refused" || b.kind === "refused" || a.kind === "unsure" || b.kind === "unsure")
    return JSON.stringify(a) === JSON.stringify(b);
  if (a.kind === "unicast" && b.kind === "unicast")
    return a.outputLink === b.outputLink && a.gateway === b.gateway;
  return a.route === b.route;
}

/** Only forwards; a rule that is not there makes the kernel go on with the next (fib_rules_lookup). */
function targetOf(rules: Fib["rules"]["ipv4"], priority: number): number | undefined {
  const at = rules.findIndex(({ rule }) => rule.priority === priority);
  return at < 0 ? undefined : at;
}

interface Outcome {
  readonly answers: readonly RouteAnswer[];
  /** The next rule is not asked. */
  readonly final: boolean;
  readonly doubt?: Element;
}

const certain = (answer: RouteAnswer): Outcome => ({ answers: [answer], final: true });

function applyRule(fib: Fib, rule: RoutingRule, lookup: Lookup): Outcome | undefined {
  const { action } = rule;
  switch (action.kind) {
    case "lookup":
      return lookUpTable(fib, { rule, routeTable: action.routeTable }, lookup);
    case "nop":
    case "goto":
      return undefined;
    case "blackhole":
      return certain({ kind: "refused", fate: "dropped", element: ruleElement(rule) });
    case "unreachable":
    case "prohibit":
      return certain({ kind: "refused", fate: "rejected", element: ruleElement(rule) });
    case "unrecognised":
      return certain({ kind: "unsure", element: unsureRule(rule) });
  }
}

/** undefined = no route here, the next rule is asked (also for `throw`, and for what a rule suppresses). */
function lookUpTable(
  fib: Fib,
  at: { readonly rule: RoutingRule; readonly routeTable: string },
  lookup: Lookup,
): Outcome | undefined {
  const { family, suppressPrefixLength: suppress } = at.rule;
  const table = { family, routeTable: at.routeTable };
  for (const equals of routesOf(fib, table, lookup.destination)) {
    const found = chosen(fib, equals, lookup);
    if (found === undefined) continue;
    const [route] = found.routes;
    if (route === undefined || route.type === "throw") return undefined;
    if (suppress !== undefined && route.destination.length <= suppress) return undefined;
    const answers = found.routes.flatMap((one) => answersOf(fib, one, lookup));
    const doubt = found.doubt ?? (answers.length > 1 ? severalHops(route) : undefined);
    const { others } = found;
    if (others !== undefined) answers.push({ kind: "unsure", element: others });
    return { answers, final: true, ...(doubt === undefined ? {} : { doubt }) };
  }
  return undefined;
}

interface Chosen {
  readonly routes: readonly Route[];
  readonly doubt?: Element;
  /** Nobody knows whether it counts: the kernel may take one after it. */
  readonly others?: Element;
}

/**
 * The route of this prefix that counts: the first with a living next hop. IPv4 keeps the order of equal metrics, except that its
 * own packets choose among equal default routes by their neighbours' state (fib_select_default); IPv6 may take any of the equals.
 */
function chosen(fib: Fib, equals: readonly Route[], lookup: Lookup): Chosen | undefined {
  const usable = equals.filter((route) => isUsable(fib, route, lookup));
  const [first] = usable;
  if (first === undefined) return undefined;
  const unread = first.nextHops.some((hop) => isAlive(fib, hop, lookup) === "unsure");
  if (unread)
    return { routes: [first], doubt: unreadLinkdown(first), others: unreadLinkdown(first) };
  const same = usable.filter(({ metric = 0 }) => metric === (first.metric ?? 0));
  const open =
    first.family === "ipv6" || (first.destination.length === 0 && lookup.inLink === undefined);
  if (same.length === 1 || !open || first.type !== "unicast") return { routes: [first] };
  return { routes: same, doubt: severalHops(first) };
}

function answersOf(fib: Fib, route: Route, lookup: Lookup): readonly RouteAnswer[] {
  switch (route.type) {
    case "local":
      return [{ kind: "local", route }];
    case "unicast":
      return unicastAnswers(fib, route, lookup);
    case "blackhole":
      return [{ kind: "refused", fate: "dropped", element: routeElement(route) }];
    case "unreachable":
    case "prohibit":
      return [{ kind: "refused", fate: "rejected", element: routeElement(route) }];
    default:
      return [{ kind: "other", route }];
  }
}

/** One for each next hop that lives: which of them a packet takes is the flow hash's choice. */
function unicastAnswers(fib: Fib, route: Route, lookup: Lookup): readonly RouteAnswer[] {
  const hops = route.nextHops.filter((hop) => isAlive(fib, hop, lookup) !== false);
  if (hops.length === 0) return [{ kind: "unsure", element: severalHops(route) }];
  return hops.map(({ outputLink, gateway }) =>
    outputLink === undefined
      ? { kind: "unsure", element: severalHops(route) }
      : { kind: "unicast", route, outputLink, ...(gateway === undefined ? {} : { gateway }) },
  );
}

function isUsable(fib: Fib, route: Route, lookup: Lookup): boolean {
  const { flags, nextHops, type } = route;
  if (type !== "unicast" || nextHops.length === 0) return !flags.includes("dead");
  return !flags.includes("dead") && nextHops.some((hop) => isAlive(fib, hop, lookup) !== false);
}

/** fib_lookup_good_nhc: not dead, by the link that the socket is bound to, with a carrier where the link asks for one. */
function isAlive(fib: Fib, hop: NextHop, lookup: Lookup): boolean | "unsure" {
  if (hop.flags.includes("dead")) return false;
  if (lookup.outLink !== undefined && hop.outputLink !== lookup.outLink) return false;
  if (!hop.flags.includes("linkdown")) return true;
  const ignores = fib.ignoresLinkdown(hop.outputLink);
  return ignores === undefined ? "unsure" : !ignores;
}

function unreadLinkdown(route: Route): Element {
  const text = `route ${routeText(route)} has no carrier, and ignore_routes_with_linkdown was not read`;
  return { kind: "not-modelled", text };
}

function severalHops(route: Route): Element {
  const text = `route ${routeText(route)} has several next hops, or none that can be told`;
  return { kind: "not-modelled", text };
}

function unsureRule(rule: RoutingRule): Element {
  return { kind: "not-modelled", text: `routing rule ${ruleText(rule)}` };
}
