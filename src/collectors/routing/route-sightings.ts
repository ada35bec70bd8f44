import type { HostPort } from "../../host/port.ts";
import { known } from "../../model/facts.ts";
import type { Failure } from "../../model/failure.ts";
import type { Family } from "../../model/ip.ts";
import type { HostQuery } from "../../model/query.ts";
import { farAddress, type RouteSighting } from "../../model/routing/route-sighting.ts";
import { parseRouteGet } from "../../parsers/iproute/route-get.ts";
import { ask } from "../ask.ts";
import { defineCollector } from "../define-collector.ts";

const queries = {
  ipv4: { kind: "command", argv: ["ip", "-j", "route", "get", farAddress.ipv4] },
  ipv6: { kind: "command", argv: ["ip", "-j", "-6", "route", "get", farAddress.ipv6] },
} as const satisfies Readonly<Record<Family, HostQuery>>;

/** The kernel's own word on where a far address leads. Always known: an answer that could not be had is not in it. */
export const routeSightings = defineCollector({
  fact: "routeSightings",
  title: "Where the kernel itself routes a far address",
  reads: (["ipv4", "ipv6"] as const).map((family) => ({
    what: queries[family].argv.join(" "),
    needs: [],
    withoutIt: "whether the kernel routes as docknet reads its routes and rules",
    loses: "part",
  })),
  needs: [],
  async collect(host, { now }) {
    const seen = await Promise.all(
      (["ipv4", "ipv6"] as const).map((each) => sightingOf(host, each)),
    );
    return known(
      seen.flatMap(({ sighting }) => sighting ?? []),
      {
        at: now,
        sources: [queries.ipv4, queries.ipv6],
        gaps: seen.flatMap(({ gap }) => gap ?? []),
      },
    );
  },
});

async function sightingOf(
  host: HostPort,
  family: Family,
): Promise<{ readonly sighting?: RouteSighting; readonly gap?: string }> {
  const answer = await ask(host, queries[family], parseRouteGet);
  const base = { family, destination: farAddress[family] };
  if (answer.ok) return { sighting: { ...base, answer: answer.value } };
  if (isRefusal(answer.failure)) return { sighting: { ...base, answer: { kind: "refused" } } };
  // Bundles from before that question was asked lack nothing else, and kernels without the family nothing at all.
  if (answer.failure.kind === "not-recorded" || isLacking(answer.failure)) return {};
  return { gap: `where the kernel routes ${base.destination}: ${answer.failure.message}` };
}

function isLacking(failure: Failure): boolean {
  return failure.kind === "exit" && /not supported/i.test(failure.stderr);
}

function isRefusal(failure: Failure): boolean {
  return failure.kind === "exit" && /unreachable|no route to host/i.test(failure.stderr);
}
