import { parseBridgeFdb } from "../../parsers/iproute/bridge-fdb.ts";
import { askFact } from "../ask.ts";
import { defineCollector } from "../define-collector.ts";

/** Forwarding databases of bridges and VXLAN links. */
export const fdb = defineCollector({
  fact: "fdb",
  title: "Forwarding databases of bridges and VXLAN links",
  reads: [
    {
      what: "bridge -j fdb",
      needs: [],
      withoutIt: "behind which port or peer a MAC address is",
      loses: "fact",
    },
  ],
  needs: [],
  collect: (host, { now }) =>
    askFact(host, now, {
      query: { kind: "command", argv: ["bridge", "-j", "fdb"] },
      parser: parseBridgeFdb,
    }),
});
