import type { ExposureClaim } from "../../model/exposure/exposure-report.ts";
import { type Address, familyOf } from "../../model/ip.ts";
import type { Element, Packet } from "../../model/packet.ts";
import { elementText } from "../evidence.ts";
import { type CompiledNetns, compileNetns } from "../walk/compile.ts";
import { type HookResult, passHook } from "../walk/hook.ts";
import { inFlight } from "../walk/in-flight.ts";
import type { NetnsFacts } from "../walk/netns-facts.ts";
import { type FirewallManager, firewallManagers } from "./firewall-managers.ts";
import { rangeOf } from "./level.ts";
import type { Vantage } from "./vantages.ts";

/** A manager with its own rules made ready. */
export interface CompiledManager {
  readonly manager: FirewallManager;
  readonly netns: CompiledNetns;
}

export function compileManagers(facts: NetnsFacts): readonly CompiledManager[] {
  return firewallManagers(facts).map((manager) => ({
    manager,
    netns: compileNetns({ ...facts, ...manager.rules }),
  }));
}

/** A port of the host, as a manager sees it. */
export interface ClaimedPort {
  readonly protocol: Packet["protocol"];
  readonly address: Address;
  readonly port: number;
}

/**
 * Whom a manager would let in, if the packet were for the host itself: INPUT with its own rules alone. That is what its
 * configuration says about the port, whether or not such packets ever come to INPUT.
 */
export function managerClaim(
  { manager, netns }: CompiledManager,
  vantages: readonly Vantage[],
  port: ClaimedPort,
): ExposureClaim {
  const { name, blurred } = manager;
  if (blurred !== undefined) {
    const element: Element = { kind: "not-modelled", text: blurred };
    return { manager: name, level: "nobody", perhaps: "anyone", element, text: blurred };
  }
  const answers = vantages.map((vantage) => ({
    from: vantage.source,
    result: passInput(netns, vantage, port),
  }));
  const range = rangeOf(answers.map(({ from, result }) => ({ from, answer: answerOf(result) })));
  const element = decidingOf(answers.flatMap(({ result }) => result ?? []));
  return {
    manager: name,
    ...range,
    ...(element === undefined ? {} : { element, text: elementText(element) }),
  };
}

function answerOf(result: HookResult | undefined): "yes" | "no" | "perhaps" {
  if (result === undefined) return "perhaps";
  if (result.kind === "passed") return result.doubt === undefined ? "yes" : "perhaps";
  return result.fate === "unsure" ? "perhaps" : "no";
}

/** What keeps out, or what could not be told, or the rule that lets in. */
function decidingOf(results: readonly HookResult[]): Element | undefined {
  const stopped = results.find((result) => result.kind === "stopped" && result.fate !== "unsure");
  if (stopped?.kind === "stopped") return stopped.element;
  const unsure = results.find((result) => result.kind === "stopped");
  if (unsure?.kind === "stopped") return unsure.element;
  const doubtful = results.find((result) => result.kind === "passed" && result.doubt !== undefined);
  if (doubtful?.kind === "passed") return doubtful.doubt;
  return results[0]?.steps.findLast(({ verdict }) => /^accept$/i.test(verdict))?.element;
}

function passInput(
  netns: CompiledNetns,
  { entry, address: source }: Vantage,
  { address, port, protocol }: ClaimedPort,
): HookResult | undefined {
  // The host reaches itself by lo, with the address that it asks for as its own.
  const own = entry.kind === "local";
  const flight = inFlight({
    entry: own ? { kind: "link", ifname: "lo" } : entry,
    packet: {
      family: familyOf(address),
      source: own ? address : source,
      destination: address,
      protocol,
      sourcePort: 50_000,
      destinationPort: port,
      ctState: "NEW",
      ctDirection: "ORIGINAL",
    },
    expect: { kind: "reaches-host", listenerRequired: false },
  });
  return flight === undefined ? undefined : passHook(netns, "input", flight);
}
