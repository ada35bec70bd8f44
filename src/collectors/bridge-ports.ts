import { parseBridgeLink } from "../parsers/bridge-link.ts";
import { askFact } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";

/** Ports of every bridge, with their states. */
export const bridgePorts = defineCollector({
  fact: "bridgePorts",
  title: "Ports of bridges",
  reads: [
    {
      what: "bridge -j -d link",
      needs: [],
      withoutIt: "which links are ports of which bridge, and whether they forward",
      loses: "fact",
    },
  ],
  needs: [],
  collect: (host, { now }) =>
    askFact(host, now, {
      query: { kind: "command", argv: ["bridge", "-j", "-d", "link"] },
      parser: parseBridgeLink,
    }),
});
