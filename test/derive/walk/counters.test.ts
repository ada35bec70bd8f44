import { expect, test } from "vitest";
import type { Step } from "../../../src/model/packet.ts";
import { counterDifferences } from "../../lab/support/walk-vs-kernel/counters.ts";

const dump = `*filter
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
[3:180] -A FORWARD -p tcp -j ACCEPT
[9:540] -A FORWARD -m comment --comment x
[5:300] -A OUTPUT -j ACCEPT
COMMIT
`;

function met(ruleNumber: number): Step {
  const element = {
    kind: "rule",
    family: "ipv4",
    backend: "legacy",
    table: "filter",
    chain: "FORWARD",
    ruleNumber,
    text: "",
  } as const;
  return { at: "ipv4 filter FORWARD", element, verdict: "ACCEPT" };
}

test("a rule whose counter moved otherwise than the walks say is a difference, one that leaves no step is none", () => {
  const certain = { steps: [met(1)], certain: true };
  const open = { steps: [], certain: false };
  const differences = (...walks: readonly (typeof certain)[]) =>
    counterDifferences({ ipv4: dump }, walks, 0);
  expect(differences(certain, certain, certain)).toEqual([]);
  expect(differences(certain, certain, open)).toEqual([]);
  expect(differences(certain, certain)).toEqual([
    "ipv4 filter FORWARD 1 -A FORWARD -p tcp -j ACCEPT: 3 packets, the walks say 2",
  ]);
  expect(counterDifferences({ ipv4: dump }, [certain, certain], 1)).toEqual([]);
});
