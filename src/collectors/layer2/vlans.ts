import { absent } from "../../model/facts.ts";
import { parseBridgeVlan } from "../../parsers/iproute/bridge-vlan.ts";
import { askFact } from "../ask.ts";
import { defineCollector } from "../define-collector.ts";

/** VLANs of bridge ports. A bridge that does not filter carries them all, whatever it lists: then nobody asks. */
export const vlans = defineCollector({
  fact: "vlans",
  title: "VLANs of bridge ports",
  reads: [
    {
      what: "bridge -j vlan",
      where: "a bridge filters VLANs",
      needs: [],
      withoutIt: "VLANs of bridge ports",
      loses: "fact",
    },
  ],
  needs: ["links"],
  async collect(host, { now, facts }) {
    const filters = facts.links.some(
      ({ details }) => details?.kind === "bridge" && details.vlanFiltering,
    );
    if (!filters) return absent("no bridge filters VLANs");
    return askFact(host, now, {
      query: { kind: "command", argv: ["bridge", "-j", "vlan"] },
      parser: parseBridgeVlan,
    });
  },
});
