import type { HostSnapshot } from "../../model/facts.ts";
import type { Family } from "../../model/ip.ts";
import type { JudgedFacts } from "../judged-intents.ts";
import { readableFacts } from "../readable-facts.ts";
import { type Exposure, type ExposureFacts, exposure } from "./exposure.ts";

export interface ExposureAnswer {
  readonly exposure: Exposure;
  /** Nothing is unsure, and nothing was out of sight. */
  readonly certain: boolean;
}

/** The exposure of a host of which not all needs to be known. */
export function exposureOfFacts(
  facts: HostSnapshot["facts"],
  family: Family | undefined,
): ExposureAnswer {
  const read = readableFacts(facts);
  if (read.state === "nothing-promised") {
    const nothing = { ports: [], managers: [], missedRules: [], notes: read.reasons };
    return { exposure: nothing, certain: read.certain };
  }
  const { missing } = read;
  const blind = missing.length === 0 ? undefined : missing.join("; ");
  const all = exposure(withOptional(read.facts, facts), blind);
  const ports = all.ports.filter((port) => family === undefined || port.family === family);
  const { containers } = facts;
  const gaps = containers.state === "known" ? (containers.gaps ?? []) : [];
  return {
    exposure: { ...all, ports, notes: [...gaps, ...missing, ...all.notes] },
    certain: ports.every(isCertain) && gaps.length === 0,
  };
}

function isCertain({ perhaps, addresses }: Exposure["ports"][number]): boolean {
  return perhaps === undefined && addresses.every((one) => one.perhaps === undefined);
}

/** What tells more where it was read. */
function withOptional(judged: JudgedFacts, facts: HostSnapshot["facts"]): ExposureFacts {
  const { swarmServices, dockerProxies, sandboxes } = facts;
  return {
    ...judged,
    ...(swarmServices.state === "known" ? { swarmServices: swarmServices.value } : {}),
    ...(dockerProxies.state === "known" ? { dockerProxies: dockerProxies.value } : {}),
    ...(sandboxes.state === "known" ? { sandboxes: sandboxes.value } : {}),
  };
}
