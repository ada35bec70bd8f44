import type { HostPort } from "../../host/port.ts";
import type { Link } from "../../model/link.ts";
import type { RoutingRule } from "../../model/route.ts";
import { sandboxBatch } from "../../model/sandbox.ts";
import type { LinkSettings, Sysctls } from "../../model/sysctl.ts";
import { parseIpAddr } from "../../parsers/ip-addr.ts";
import { parseIpNetconf } from "../../parsers/ip-netconf.ts";
import { parseIpRoute } from "../../parsers/ip-route.ts";
import { ipRuleParser } from "../../parsers/ip-rule.ts";
import { type IpBatch, parseIpBatch } from "../../parsers/iproute/ip-batch.ts";
import { parseIpNeigh } from "../../parsers/iproute/ip-neigh.ts";
import { type Answer, ask, orIfUnsupported } from "../ask.ts";

/** What netlink tells, each with what became of it. */
export type Netlink = { readonly [K in keyof IpBatch]: Answer<IpBatch[K]> };

/**
 * Everything in one process. Where that ends with an error (iproute2 stops at the first line that this kernel or version does not
 * know) each question is put by itself, so that one that fails hides none of the others.
 */
export async function askNetlink(inside: HostPort): Promise<Netlink> {
  const batch = await ask(inside, { kind: "command", ...sandboxBatch }, parseIpBatch);
  if (batch.ok) {
    const { value, sources, ignored } = batch;
    const ok = true as const;
    return {
      links: { ok, value: value.links, sources, ignored },
      routes: { ok, value: value.routes, sources, ignored: [] },
      rules: { ok, value: value.rules, sources, ignored: [] },
      neighbours: { ok, value: value.neighbours, sources, ignored: [] },
      settings: { ok, value: value.settings, sources, ignored: [] },
    };
  }
  const { kind } = batch.failure;
  return kind === "exit" || kind === "unparsable" ? askOneByOne(inside) : everyOne(batch);
}

async function askOneByOne(inside: HostPort): Promise<Netlink> {
  const { addr, route, rule, neigh, netconf } = singles;
  const [links, routes, rules, neighbours, settings] = await Promise.all([
    ask(inside, addr, parseIpAddr),
    ask(inside, route, (text) => parseIpRoute(text)),
    ask(inside, rule, ipRuleParser("ipv4")),
    ask(inside, neigh, parseIpNeigh),
    ask(inside, netconf, parseIpNetconf),
  ]);
  return { links, routes, rules, neighbours, settings };
}

const singles = {
  addr: { kind: "command", argv: ["ip", "-j", "-d", "addr"] },
  route: { kind: "command", argv: ["ip", "-j", "route", "show", "table", "all"] },
  rule: { kind: "command", argv: ["ip", "-j", "rule"] },
  neigh: { kind: "command", argv: ["ip", "-j", "neigh"] },
  netconf: { kind: "command", argv: ["ip", "-j", "netconf"] },
} as const;

function everyOne(failed: Extract<Answer<never>, { readonly ok: false }>): Netlink {
  return { links: failed, routes: failed, rules: failed, neighbours: failed, settings: failed };
}

/** Whether packets of IPv6 have any way here: an address beside loopback and link-local ones. */
export function hasIpv6(links: readonly Link[]): boolean {
  return links.some(({ addresses }) =>
    addresses.some(({ family, scope }) => family === "ipv6" && scope === "global"),
  );
}

const ipv6Rules = { kind: "command", argv: ["ip", "-j", "-6", "rule"] } as const;

/** Rules of IPv6 need a process of their own; where nothing of IPv6 goes in or out they decide nothing. */
export async function askRoutingRules(
  inside: HostPort,
  { links, rules }: Netlink,
): Promise<Answer<readonly RoutingRule[]>> {
  if (!rules.ok || !links.ok || !hasIpv6(links.value)) return rules;
  const six = orIfUnsupported(await ask(inside, ipv6Rules, ipRuleParser("ipv6")), [], ipv6Rules);
  if (!six.ok) return six;
  return {
    ok: true,
    value: [...rules.value, ...six.value],
    sources: [...rules.sources, ...six.sources],
    ignored: [...rules.ignored, ...six.ignored],
  };
}

/** The keys of sysctl that netconf tells too, so that nobody has to be asked for them. */
export function sysctlsOf(settings: readonly LinkSettings[]): Sysctls {
  const entries = settings
    .filter(({ ifname }) => ifname === "all" || ifname === "default")
    .flatMap(({ family, ifname, forwarding, reversePathFilter }) => [
      ...(forwarding === undefined
        ? []
        : [[`net.${family}.conf.${ifname}.forwarding`, forwarding ? "1" : "0"] as const]),
      ...(reversePathFilter === undefined
        ? []
        : [[`net.${family}.conf.${ifname}.rp_filter`, String(reversePathFilter)] as const]),
    ]);
  const all = Object.fromEntries(entries);
  const forward = all["net.ipv4.conf.all.forwarding"];
  return forward === undefined ? all : { ...all, "net.ipv4.ip_forward": forward };
}
