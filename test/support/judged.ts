import { elementText } from "../../src/derive/evidence.ts";
import { judgedIntents } from "../../src/derive/judged-intents.ts";
import type { Facts } from "../../src/model/facts.ts";
import type { IntentKind, JudgedIntent } from "../../src/model/intent.ts";

/** Every promise of a host, judged. */
export function judgedOn(host: { facts(): Facts }): readonly JudgedIntent[] {
  return judgedIntents.compute(host.facts());
}

/** What becomes of each promise, by its id: its state, and what decided where it is not kept. */
export function statesOn(
  host: { facts(): Facts },
  kinds?: readonly IntentKind[],
): Readonly<Record<string, string>> {
  const judged = judgedOn(host).filter(({ intent }) => kinds?.includes(intent.kind) ?? true);
  return Object.fromEntries(
    judged.map(({ intent, outcome }) => [
      intent.id,
      outcome.state === "kept" ? "kept" : `${outcome.state}: ${elementText(outcome.element)}`,
    ]),
  );
}
