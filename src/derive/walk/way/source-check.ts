import { contains, parsePrefix } from "../../../model/ip.ts";
import type { Element } from "../../../model/packet.ts";
import {
  effectiveReversePathFilter,
  eitherSwitch,
  linkSysctlKey,
  type Sysctls,
} from "../../../model/sysctl.ts";
import type { CompiledNetns } from "../compile.ts";
import type { InFlight } from "../in-flight.ts";
import { type PossibleRoutes, possibleRoutes, type RouteAnswer } from "../routing.ts";

/** What a check says: nothing, that it stops the packet, or that docknet cannot tell. */
export type Checked =
  | { readonly kind: "passes" }
  | { readonly kind: "stopped" | "unsure"; readonly element: Element };

const passes: Checked = { kind: "passes" };

/** Addresses that a packet from a link must not have, whatever the routes say (ip_route_input_slow, ip6_rcv_core). */
export function martian(netns: CompiledNetns, flight: InFlight): Checked {
  const { family, packet, inLink = "" } = flight;
  if (netns.links.get(inLink)?.flags.includes("LOOPBACK")) return passes;
  const source = odd[family].find(({ prefix }) => contains(prefix, packet.source));
  const destination = odd[family].find(({ prefix }) => contains(prefix, packet.destination));
  const wrong = (what: "source" | "destination"): Element => ({
    kind: "martian",
    what,
    address: packet[what],
    ifname: inLink,
  });
  const stopped = (what: "source" | "destination"): Checked => ({
    kind: "stopped",
    element: wrong(what),
  });
  if (source?.kind === "group") return stopped("source");
  if (source?.kind === "nobody") return stopped("source");
  if (destination?.kind === "nobody") return stopped("destination");
  const what = destination?.kind === "loopback" ? "destination" : "source";
  if (destination?.kind !== "loopback" && source?.kind !== "loopback") return passes;
  if (family === "ipv6") return stopped(what);
  const allowed = eitherSwitch(netns.facts.sysctls, inLink, "route_localnet");
  if (allowed === true) return passes;
  return allowed === false
    ? stopped(what)
    : notRead(linkSysctlKey("ipv4", inLink, "route_localnet"));
}

type Odd = "group" | "nobody" | "loopback";

function oddPrefix(text: string, kind: Odd) {
  const prefix = parsePrefix(text);
  return prefix === undefined ? [] : [{ prefix, kind }];
}

const odd = {
  ipv4: [
    ...oddPrefix("224.0.0.0/4", "group"),
    ...oddPrefix("255.255.255.255/32", "group"),
    ...oddPrefix("0.0.0.0/8", "nobody"),
    ...oddPrefix("127.0.0.0/8", "loopback"),
  ],
  ipv6: [...oddPrefix("ff00::/8", "group"), ...oddPrefix("::1/128", "loopback")],
};

/**
 * fib_validate_source: a source of one's own is a martian, and the reverse path filter asks whether the source is reached by the
 * link that the packet came in on. IPv4 only.
 */
export function checkSource(netns: CompiledNetns, flight: InFlight, answer: RouteAnswer): Checked {
  const { inLink, family } = flight;
  if (family !== "ipv4" || inLink === undefined) return passes;
  const filter = effectiveReversePathFilter(netns.facts.linkSettings, inLink);
  const own = ownSource(netns, flight);
  if (own.kind === "stopped") return own;
  if (filter === undefined) {
    const text = `rp_filter of ${inLink} is not known`;
    return { kind: "unsure", element: { kind: "not-modelled", text } };
  }
  // Without a filter the routes are asked only where somebody changed rules or local routes, or a redirect may be sent; and of the
  // first two not where the link accepts sources of this host.
  const back = answer.kind === "unicast" && answer.outputLink === inLink;
  const unfiltered = filter === 0 && !back;
  const accepted = eitherSwitch(netns.facts.sysctls, inLink, "accept_local");
  if (unfiltered && (accepted === true || !netns.fib.custom)) return own;
  const checked = reversePath(netns, {
    flight,
    inLink,
    filter,
    backFrom: answer.kind === "unicast" ? answer.outputLink : "lo",
  });
  if (checked.kind === "passes") return own;
  if (unfiltered && accepted === undefined)
    return notRead(linkSysctlKey("ipv4", inLink, "accept_local"));
  if (checked.kind === "unsure" || filter !== 0 || netns.fib.custom) return checked;
  return { kind: "unsure", element: checked.element };
}

/** A source that is an address of this host itself, unless the link accepts it. */
function ownSource(netns: CompiledNetns, { packet, inLink = "" }: InFlight): Checked {
  if (!netns.ownAddresses.has(packet.source)) return passes;
  const allowed = eitherSwitch(netns.facts.sysctls, inLink, "accept_local");
  if (allowed === true) return passes;
  if (allowed === undefined) return notRead(linkSysctlKey("ipv4", inLink, "accept_local"));
  return {
    kind: "stopped",
    element: { kind: "martian", what: "source", address: packet.source, ifname: inLink },
  };
}

interface Question {
  readonly flight: InFlight;
  readonly inLink: string;
  readonly filter: 0 | 1 | 2;
  /** Link by which the way back comes in, for routing rules: where the packet would go out, lo where it stays (flowi4_iif). */
  readonly backFrom: string;
}

function reversePath(netns: CompiledNetns, question: Question): Checked {
  const { flight, inLink, backFrom } = question;
  const marks = marksOf(netns, flight, inLink);
  const checks = marks.flatMap((mark) => {
    const back: PossibleRoutes = possibleRoutes(netns.fib, "ipv4", {
      destination: flight.sourceWords,
      source: flight.destinationWords,
      inLink: backFrom,
      mark,
    });
    return back.answers.map((answer) => ({ answer, back, ok: leadsBack(netns, answer, question) }));
  });
  if (checks.every(({ ok }) => ok === true)) return passes;
  if (checks.every(({ ok }) => ok === false))
    return { kind: "stopped", element: filterElement(netns, question) };
  const unsure = checks.find(({ ok }) => ok === undefined)?.answer;
  const doubt = checks.find(({ back }) => back.doubt !== undefined)?.back.doubt;
  const element = unsure?.kind === "unsure" ? unsure.element : doubt;
  return element === undefined
    ? notRead(linkSysctlKey("ipv4", inLink, "src_valid_mark"))
    : { kind: "unsure", element };
}

/** The mark counts only where src_valid_mark says so; both where that was not read and it matters. */
function marksOf(
  netns: CompiledNetns,
  { mark }: InFlight,
  inLink: string,
): readonly (number | undefined)[] {
  if (!netns.fib.byMark || mark === 0) return [0];
  const counts = eitherSwitch(netns.facts.sysctls, inLink, "src_valid_mark");
  if (counts === undefined) return [0, mark];
  return counts ? [mark] : [0];
}

/** undefined = cannot be told. */
function leadsBack(
  netns: CompiledNetns,
  answer: RouteAnswer,
  { inLink, filter }: Question,
): boolean | undefined {
  switch (answer.kind) {
    case "unsure":
      return undefined;
    case "refused":
      return filter === 0;
    case "local": {
      const accepted = eitherSwitch(netns.facts.sysctls, inLink, "accept_local");
      if (accepted !== true) return accepted;
      return answer.route.nextHops.some((hop) => hop.outputLink === inLink) || filter !== 1;
    }
    case "other":
      return false;
    case "unicast": {
      if (answer.route.nextHops.some((hop) => hop.outputLink === inLink)) return true;
      const addresses = netns.links.get(inLink)?.addresses ?? [];
      if (!addresses.some(({ family }) => family === "ipv4")) return filter === 0;
      return filter !== 1;
    }
  }
}

function filterElement(netns: CompiledNetns, { inLink, filter, flight }: Question): Element {
  if (filter === 0)
    return { kind: "martian", what: "source", address: flight.packet.source, ifname: inLink };
  const own = netns.facts.linkSettings.find(
    ({ family, ifname }) => family === "ipv4" && ifname === inLink,
  );
  const named = own?.reversePathFilter === filter ? inLink : "all";
  return {
    kind: "sysctl",
    key: linkSysctlKey("ipv4", named, "rp_filter"),
    value: String(filter),
  };
}

function notRead(key: keyof Sysctls): Checked {
  return { kind: "unsure", element: { kind: "not-modelled", text: `${key} was not read` } };
}
