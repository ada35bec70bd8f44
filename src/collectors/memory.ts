import { parseMemory } from "../parsers/memory.ts";
import { askFact } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";

/** Total and available memory. */
export const memory = defineCollector({
  fact: "memory",
  title: "Memory of the host",
  reads: [{ what: "free -b", needs: [], withoutIt: "total and available memory", loses: "fact" }],
  needs: [],
  collect: (host, { now }) =>
    askFact(host, now, { query: { kind: "system", topic: "memory" }, parser: parseMemory }),
});
