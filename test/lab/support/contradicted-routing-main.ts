import { openHost } from "../../../src/cli/open-host.ts";
import { linkSettings } from "../../../src/collectors/link-settings.ts";
import { routes } from "../../../src/collectors/routes.ts";
import { routeSightings } from "../../../src/collectors/routing/route-sightings.ts";
import { routingRules } from "../../../src/collectors/routing-rules.ts";
import { contradictedRouting } from "../../../src/derive/route-check.ts";
import type { Fact } from "../../../src/model/facts.ts";

// Prints what the kernel says of far addresses where this runs, and where docknet's model of its routes says something else.
const context = { facts: {}, now: "2026-01-01T00:00:00.000Z" };
const source = { kind: "live", dockerSocket: "/nowhere", timeoutMs: 30_000 } as const;
const opened = await openHost(source);
if (!opened.ok) throw new Error(opened.failure.message);
const { host } = opened;
const sightings = knownValue(await routeSightings.collect(host, context));
const contradicted = contradictedRouting({
  routes: knownValue(await routes.collect(host, context)),
  routingRules: knownValue(await routingRules.collect(host, context)),
  linkSettings: knownValue(await linkSettings.collect(host, context)),
  routeSightings: sightings,
});
const answers = sightings.map(({ answer }) =>
  answer.kind === "unicast" ? answer.outputLink : answer.kind,
);
process.stdout.write(JSON.stringify({ answers, contradicted: [...contradicted.values()] }));

function knownValue<T>(fact: Fact<T>): T {
  if (fact.state !== "known") throw new Error(`is ${fact.state}`);
  return fact.value;
}
