import type { CollectContext, Collector } from "../../src/collectors/define-collector.ts";
import type { Fact, FactName, Facts } from "../../src/model/facts.ts";
import { type FakeAnswer, fakeHost, fakeInstant } from "./fake-host.ts";

/** What a collector that needs nothing makes of a host with these answers. */
export function collect<K extends FactName>(
  collector: Collector<K>,
  answers: Readonly<Record<string, FakeAnswer>>,
): Promise<Fact<Facts[K]>> {
  return collector.collect(fakeHost(answers), { facts: {}, now: fakeInstant });
}

/** The same for a collector that needs to know the daemon. */
export function collectFromDocker<K extends FactName>(
  collector: Collector<K, "dockerDaemon">,
  dockerDaemon: Facts["dockerDaemon"],
  answers: Readonly<Record<string, FakeAnswer>>,
): Promise<Fact<Facts[K]>> {
  const context: CollectContext<"dockerDaemon"> = { facts: { dockerDaemon }, now: fakeInstant };
  return collector.collect(fakeHost(answers), context);
}
