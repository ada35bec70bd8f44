import { describe, expect, test } from "vitest";
import { judgedIntents } from "../../src/derive/judged-intents.ts";
import { contradictedRouting } from "../../src/derive/route-check.ts";
import type { RouteSighting } from "../../src/model/routing/route-sighting.ts";
import { aHost } from "../support/a-host.ts";
import { aRoute } from "../support/healthy-facts.ts";

const seen = (answer: RouteSighting["answer"]): readonly RouteSighting[] => [
  { family: "ipv4", destination: "1.1.1.1", answer },
];
const byEth0 = seen({ kind: "unicast", outputLink: "eth0", gateway: "192.0.2.1" });
const byWg0 = seen({ kind: "unicast", outputLink: "wg0" });
const words =
  "the kernel routes 1.1.1.1 by wg0 (ip route get), and by its routes and rules it would be by eth0";

describe("the kernel's own routing", () => {
  test.each([
    ["says the same", aHost().withFacts({ routeSightings: byEth0 })],
    ["was not asked", aHost()],
    [
      "refuses what has no route",
      aHost()
        .withoutRoute("0.0.0.0/0")
        .withFacts({ routeSightings: seen({ kind: "refused" }) }),
    ],
    [
      "chooses where the model cannot tell",
      aHost()
        .withRoute(aRoute("default", "wg0"))
        .withRoutingRules({
          family: "ipv4",
          priority: 5,
          inverted: false,
          action: { kind: "unrecognised", text: "l3mdev" },
          unrecognised: [],
        })
        .withFacts({ routeSightings: byWg0 }),
    ],
  ])("contradicts nothing where it %s", (_, host) => {
    expect([...contradictedRouting(host.facts())]).toEqual([]);
  });

  test("is told where it leads elsewhere, or nowhere", () => {
    const text = (routeSightings: readonly RouteSighting[]) =>
      [...contradictedRouting(aHost().withFacts({ routeSightings }).facts()).values()].map(
        (element) => (element.kind === "not-modelled" ? element.text : ""),
      );
    expect(text(byWg0)).toEqual([words]);
    expect(text(seen({ kind: "refused" }))).toEqual([words.replace("by wg0", "refused")]);
    expect(text(seen({ kind: "local" }))).toEqual([words.replace("by wg0", "local")]);
  });

  test("makes every promise of its family unsure, kept and broken ones", () => {
    const hosts = [aHost(), aHost().withForwardingOff()];
    for (const host of hosts) {
      const judged = judgedIntents.compute(host.withFacts({ routeSightings: byWg0 }).facts());
      expect(judged.length).toBeGreaterThan(3);
      expect(new Set(judged.map(({ outcome }) => outcome.state))).toEqual(new Set(["unsure"]));
      expect(judged[0]?.outcome).toMatchObject({ element: { kind: "not-modelled", text: words } });
    }
  });
});
