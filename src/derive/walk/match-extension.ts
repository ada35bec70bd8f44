import { contains, parsePrefix } from "../../model/ip.ts";
import type { Extension, ExtensionOption } from "../../model/netfilter.ts";
import type { InFlight } from "./in-flight.ts";
import { type Answer, not, type Test, unsure } from "./match-answer.ts";

/** Modules that the parser keeps word by word: each option is a condition, and all must hold. */
export function extensionTest({ name, options }: Extension, bridges: ReadonlySet<string>): Test {
  const testOf = modules[name];
  if (testOf === undefined) return unsure;
  const tests = options.map((option) => testOf(option, bridges));
  return (flight) => {
    const answers = tests.map((test) => test(flight));
    if (answers.includes(false)) return false;
    return answers.includes("unsure") ? "unsure" : true;
  };
}

type OptionTest = (option: ExtensionOption, bridges: ReadonlySet<string>) => Test;

const modules: Readonly<Record<string, OptionTest>> = {
  pkttype:
    ({ inverted, values }) =>
    (flight) =>
      turned(inverted, packetType(flight, values[0])),
  mac: ({ inverted, values }) => macTest(inverted, values[0] ?? ""),
  length: ({ inverted, values }) =>
    numberTest(inverted, rangeOf(values[0]), ({ packet }) => packet.sizeBytes),
  dscp: ({ inverted, values }) => {
    const wanted = Number(values[0]);
    return numberTest(inverted, [wanted, wanted], ({ packet }) => packet.dscp);
  },
  tos: ({ inverted, values }) => tosTest(inverted, values[0] ?? ""),
  physdev: physdevTest,
  owner: ownerTest,
};

function turned(inverted: boolean, answer: Answer): Answer {
  return inverted ? not(answer) : answer;
}

const severalReceivers = ["224.0.0.0/4", "ff00::/8", "255.255.255.255/32"].flatMap(
  (text) => parsePrefix(text) ?? [],
);

/** A frame for this host alone is `unicast` (PACKET_HOST), and so is what it sends; where it is for several, docknet cannot tell. */
function packetType({ packet }: InFlight, wanted: string | undefined): Answer {
  const several = severalReceivers.some((prefix) => contains(prefix, packet.destination));
  if (several) return "unsure";
  return wanted === "unicast";
}

/** A packet that came in on no Ethernet link holds no sender, and no condition on it either (xt_mac). */
function macTest(inverted: boolean, wanted: string): Test {
  return ({ inLink, sourceMac }) => {
    if (inLink === undefined || inLink === "lo") return false;
    if (sourceMac === undefined) return "unsure";
    return (sourceMac === wanted.toLowerCase()) !== inverted;
  };
}

type Range = readonly [from: number, to: number];

function rangeOf(text = ""): Range {
  const [from = "", to = from] = text.split(":");
  return [from === "" ? 0 : Number(from), to === "" ? 65_535 : Number(to)];
}

function numberTest(
  inverted: boolean,
  [from, to]: Range,
  of: (flight: InFlight) => number | undefined,
): Test {
  if (Number.isNaN(from) || Number.isNaN(to)) return unsure;
  return (flight) => {
    const value = of(flight);
    return value === undefined ? "unsure" : (value >= from && value <= to) !== inverted;
  };
}

const congestionBits = 3;

/** The two lowest bits tell of congestion; docknet knows the others only. */
function tosTest(inverted: boolean, text: string): Test {
  const [wanted = Number.NaN, mask = 255] = text.split("/").map(Number);
  if (Number.isNaN(wanted) || Number.isNaN(mask)) return unsure;
  return ({ packet: { dscp } }) => {
    if (dscp === undefined) return "unsure";
    const known = mask & ~congestionBits;
    if (((dscp << 2) & known) !== (wanted & ~congestionBits)) return inverted;
    return (mask & congestionBits) === 0 ? !inverted : "unsure";
  };
}

/**
 * A packet that came in by no bridge has no port, and only `!` holds of it (xt_physdev). One that is routed from a bridge has one where
 * bridge netfilter saw it, which docknet does not follow.
 */
function physdevTest(
  { name, inverted, values }: ExtensionOption,
  bridges: ReadonlySet<string>,
): Test {
  const wanted = values[0] ?? "";
  return (flight) => {
    if (!flight.bridged) return bridges.has(flight.inLink ?? "") ? "unsure" : inverted;
    switch (name) {
      case "physdev-in":
        return turned(inverted, isPort(wanted, flight.inPort));
      case "physdev-out":
        return turned(inverted, isPort(wanted, flight.outPort));
      case "physdev-is-bridged":
      case "physdev-is-in":
        return !inverted;
      default:
        return "unsure";
    }
  };
}

function isPort(pattern: string, port: string | undefined): Answer {
  if (port === undefined) return "unsure";
  return pattern.endsWith("+") ? port.startsWith(pattern.slice(0, -1)) : pattern === port;
}

/** A packet that no socket of this host sent has no owner: only `!` holds of it (xt_owner). */
function ownerTest({ name, inverted, values }: ExtensionOption): Test {
  return ({ sender }) => {
    if (sender === undefined) return inverted;
    const id = name === "uid-owner" ? sender.uid : name === "gid-owner" ? sender.gid : undefined;
    if (name === "socket-exists") return !inverted;
    const [from = Number.NaN, to = from] = (values[0] ?? "").split("-").map(Number);
    if (id === undefined || Number.isNaN(from) || Number.isNaN(to)) return "unsure";
    return (id >= from && id <= to) !== inverted;
  };
}
