import type { HostPort } from "../port.ts";
import { askingTogether, type BatchMemory, batchMemory } from "./asking-together.ts";
import { readingSysctls } from "./reading-sysctls.ts";
import { type DerivedAnswers, derivedAnswers, reusingDerived } from "./reusing-derived.ts";
import {
  type InspectionMemory,
  inspectionMemory,
  reusingInspections,
} from "./reusing-inspections.ts";
import { type NftMemory, nftMemory, reusingNft } from "./reusing-nft.ts";
import { reusingSandboxes, type SandboxMemory, sandboxMemory } from "./reusing-sandboxes.ts";
import { reusingSocketTables, type SocketMemory, socketMemory } from "./reusing-socket-tables.ts";
import { reusingTexts, type TextMemory, textMemory } from "./reusing-texts.ts";

/** What an agent remembers of the host from run to run. */
export interface HostMemory {
  readonly inspected: InspectionMemory;
  readonly rulesets: NftMemory;
  readonly sandboxes: SandboxMemory;
  readonly sockets: SocketMemory;
  readonly derived: DerivedAnswers;
  readonly batches: BatchMemory;
  readonly texts: TextMemory;
}

export function hostMemory(): HostMemory {
  return {
    inspected: inspectionMemory(),
    rulesets: nftMemory(),
    sandboxes: sandboxMemory(),
    sockets: socketMemory(),
    derived: derivedAnswers(),
    batches: batchMemory(),
    texts: textMemory(),
  };
}

/** Wraps a port: what provably has not changed since the last run is not asked again, and what reads alike is not parsed again. */
export function rememberingHost(inner: HostPort, memory: HostMemory): HostPort {
  const together = askingTogether(readingSysctls(inner), memory.batches);
  const inspecting = reusingInspections(reusingDerived(together, memory.derived), memory.inspected);
  const printing = reusingNft(inspecting, memory.rulesets);
  const entering = reusingSandboxes(printing, memory.sandboxes);
  return reusingTexts(reusingSocketTables(entering, memory.sockets), memory.texts);
}
