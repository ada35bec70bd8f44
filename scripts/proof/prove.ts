import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type AskedQuery, askedQueries, filledIn } from "./asked-queries.ts";
import { type Fleet, startFleet } from "./fleet.ts";
import type { Answer } from "./prometheus.ts";

/** What Prometheus answered to one query. */
export interface Proof extends AskedQuery {
  readonly answers: readonly Answer[];
}

/** What Prometheus says of a rule of dashboards/rules. */
export interface RuleHealth {
  readonly name: string;
  readonly health: string;
}

const rulesSchema = z.object({
  data: z.object({
    groups: z.array(
      z.object({ rules: z.array(z.object({ name: z.string(), health: z.string() })) }),
    ),
  }),
});

const patienceMs = 20_000;

/** Brings a fleet up, breaks it, and asks every query until all have an answer or patience ends. */
export async function proveQueries(): Promise<{
  readonly proofs: readonly Proof[];
  readonly rules: readonly RuleHealth[];
}> {
  const fleet = await startFleet();
  try {
    await untilScraped(fleet);
    await fleet.breakHosts();
    const until = Date.now() + patienceMs;
    let proofs = await askAll(fleet);
    while (proofs.some(({ answers }) => answers.length === 0) && Date.now() < until) {
      await sleep(1_000);
      proofs = await askAll(fleet);
    }
    return { proofs, rules: await rulesOf(fleet) };
  } finally {
    await fleet.end();
  }
}

/** Each host that will break has been seen healthy by three scrapes. */
async function untilScraped({ prometheus }: Fleet): Promise<void> {
  const until = Date.now() + patienceMs;
  const seen =
    'count_over_time(docknet_check_status{check="docker-chains-flushed",status="fail",instance="web-1"}[1m])';
  while (Date.now() < until) {
    const [answer] = await prometheus.query(seen);
    if ((answer?.value ?? 0) >= 3) return;
    await sleep(500);
  }
  throw new Error("Prometheus has scraped no agent: did they start?");
}

async function askAll({ prometheus, startedAt }: Fleet): Promise<readonly Proof[]> {
  const ask = (query: AskedQuery): Promise<readonly Answer[]> => {
    const expr = filledIn(query.expr);
    switch (query.over) {
      case "moment":
        return prometheus.query(expr);
      case "range":
        return prometheus.queryRange(expr, startedAt);
      case "before the first scrape":
        return prometheus.query(expr, startedAt - 1);
    }
  };
  return Promise.all(askedQueries.map(async (query) => ({ ...query, answers: await ask(query) })));
}

async function rulesOf({ prometheus }: Fleet): Promise<readonly RuleHealth[]> {
  return rulesSchema
    .parse(await prometheus.get("/rules"))
    .data.groups.flatMap(({ rules }) => rules)
    .map(({ name, health }) => ({ name, health }));
}
