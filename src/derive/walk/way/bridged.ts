import type { Attempt } from "../../../model/intent.ts";
import type { Element, Packet, Step } from "../../../model/packet.ts";
import type { Sysctls } from "../../../model/sysctl.ts";
import type { CompiledNetns } from "../compile.ts";
import { inFlight } from "../in-flight.ts";
import { finish, hook, type Stop, type Way } from "./way.ts";

/** What the rules for IP packets make of a frame that goes from one port of a bridge to another. */
export type Bridged =
  | {
      readonly kind: "passed";
      readonly packet: Packet;
      readonly steps: readonly Step[];
      readonly doubt?: Element;
    }
  | { readonly kind: "stopped"; readonly stop: Stop };

export interface BridgePassage {
  readonly bridge: string;
  readonly inPort: string;
  readonly outPort: string;
  readonly attempt: Attempt;
}

/**
 * br_netfilter: with bridge-nf-call-iptables (or -ip6tables) a bridged packet passes PREROUTING, FORWARD and POSTROUTING, with the
 * bridge as its link and the ports as `physdev`. A rule that gives it another destination takes it out of the bridge: unsure.
 */
export function passBridge(netns: CompiledNetns, passage: BridgePassage): Bridged {
  const { attempt, bridge, inPort, outPort } = passage;
  const { packet } = attempt;
  const frames = frameChains(netns);
  const asked = isAsked(netns.facts.sysctls, packet);
  if (asked === false)
    return {
      kind: "passed",
      packet,
      steps: [],
      ...(frames === undefined ? {} : { doubt: frames }),
    };
  const flight = inFlight({ ...attempt, entry: { kind: "link", ifname: bridge } });
  const nothing: Element = { kind: "not-modelled", text: "the packet's addresses are none" };
  if (flight === undefined)
    return { kind: "stopped", stop: { fate: "unsure", element: nothing, steps: [] } };
  const way: Way = { flight: { ...flight, inPort, bridged: true }, steps: [], doubt: frames };
  const stop = passAll(netns, way, { bridge, outPort, packet });
  if (asked === undefined) {
    const key = `net.bridge.bridge-nf-call-${packet.family === "ipv4" ? "ip" : "ip6"}tables`;
    const unread: Element = { kind: "not-modelled", text: `${key} was not read` };
    if (stop !== undefined)
      return { kind: "stopped", stop: { fate: "unsure", element: unread, steps: way.steps } };
  }
  if (stop !== undefined) return { kind: "stopped", stop };
  const { doubt, steps } = way;
  const passed = { kind: "passed" as const, packet: way.flight.packet, steps };
  return doubt === undefined ? passed : { ...passed, doubt };
}

function passAll(
  netns: CompiledNetns,
  way: Way,
  at: { readonly bridge: string; readonly outPort: string; readonly packet: Packet },
): Stop | undefined {
  const stop = hook(netns, "prerouting", way);
  if (stop !== undefined) return stop;
  if (way.flight.packet.destination !== at.packet.destination) {
    const text = `${at.bridge}: a bridged packet gets another destination`;
    return finish(way, "unsure", { kind: "not-modelled", text });
  }
  way.flight = { ...way.flight, outLink: at.bridge, outPort: at.outPort };
  return hook(netns, "forward", way) ?? hook(netns, "postrouting", way);
}

/** A kernel without br_netfilter has no such key; where other keys were read too, its absence says so. */
function isAsked(sysctls: Sysctls, { family }: Packet): boolean | undefined {
  const key =
    family === "ipv4"
      ? "net.bridge.bridge-nf-call-iptables"
      : "net.bridge.bridge-nf-call-ip6tables";
  const value = sysctls[key];
  if (value !== undefined) return value !== "0";
  return sysctls["net.ipv4.ip_local_port_range"] === undefined ? undefined : false;
}

/** Chains of the family bridge see every frame. */
function frameChains(netns: CompiledNetns): Element | undefined {
  const { nativeNft } = netns.facts;
  if (nativeNft.state === "unreadable") return { kind: "not-modelled", text: nativeNft.reason };
  const table = nativeNft.tables.find(
    ({ family, chains }) =>
      family === "bridge" &&
      chains.some(
        ({ base, rules }) => base !== undefined && (rules.length > 0 || base.policy === "drop"),
      ),
  );
  if (table === undefined) return undefined;
  return {
    kind: "not-modelled",
    text: `nft table bridge ${table.name} sees the frames of bridges`,
  };
}
