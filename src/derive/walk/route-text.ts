import { prefixText } from "../../model/ip.ts";
import type { Element } from "../../model/packet.ts";
import type { Route, RoutingRule } from "../../model/route.ts";

export function routeElement(route: Route): Element {
  const outputLink = route.nextHops[0]?.outputLink;
  return {
    kind: "route",
    text: routeText(route),
    ...(outputLink === undefined ? {} : { outputLink }),
  };
}

/** The route as `ip route` prints it, as far as docknet keeps it. */
export function routeText(route: Route): string {
  const hops = route.nextHops.map((hop) =>
    [
      hop.gateway === undefined ? "" : ` via ${hop.gateway}`,
      hop.outputLink === undefined ? "" : ` dev ${hop.outputLink}`,
    ].join(""),
  );
  const type = route.type === "unicast" ? "" : `${route.type} `;
  const table = route.routeTable === "main" ? "" : ` table ${route.routeTable}`;
  const destination = route.destination.length === 0 ? "default" : prefixText(route.destination);
  return `${type}${destination}${hops.join(" nexthop")}${table}`;
}

export function ruleElement(rule: RoutingRule): Element {
  return { kind: "routing-rule", text: ruleText(rule) };
}

export function ruleText(rule: RoutingRule): string {
  const from = rule.source === undefined ? "all" : prefixText(rule.source);
  const to = rule.destination === undefined ? "" : ` to ${prefixText(rule.destination)}`;
  const iif = rule.inLink === undefined ? "" : ` iif ${rule.inLink}`;
  const oif = rule.outLink === undefined ? "" : ` oif ${rule.outLink}`;
  const mark = rule.mark === undefined ? "" : ` fwmark 0x${rule.mark.toString(16)}`;
  const not = rule.inverted ? "not " : "";
  return `${rule.priority}: ${not}from ${from}${to}${iif}${oif}${mark} ${actionText(rule)}`;
}

function actionText({ action }: RoutingRule): string {
  switch (action.kind) {
    case "lookup":
      return `lookup ${action.routeTable}`;
    case "goto":
      return `goto ${action.priority}`;
    case "unrecognised":
      return action.text;
    default:
      return action.kind;
  }
}
