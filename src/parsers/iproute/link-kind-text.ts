import { readWords, sameKeys, type WordMeanings } from "../support/text-entries.ts";
import { vxlanFlags } from "./link-details.ts";

type Fields = Readonly<Record<string, unknown>>;

const nothing: WordMeanings = { texts: new Map(), numbers: new Map(), flags: new Set() };

/** Words behind a link's kind in `ip -d link`, with the keys of `ip -j -d link`. What is not listed is not read. */
const kindWords: ReadonlyMap<string, WordMeanings> = new Map([
  ["bridge", { ...nothing, numbers: sameKeys("stp_state", "vlan_filtering", "vlan_default_pvid") }],
  [
    "vxlan",
    {
      texts: new Map([
        ...sameKeys("remote", "group", "local", "ttl", "tos", "df", "flowlabel"),
        ["dev", "link"],
      ]),
      numbers: new Map([...sameKeys("id", "ageing", "maxaddr"), ["dstport", "port"]]),
      flags: new Set(["nolearning", "external", ...vxlanFlags]),
    },
  ],
  ["macvlan", { ...nothing, texts: sameKeys("mode") }],
  ["macvtap", { ...nothing, texts: sameKeys("mode") }],
  [
    "ipvlan",
    { ...nothing, texts: sameKeys("mode"), flags: new Set(["bridge", "private", "vepa"]) },
  ],
  [
    "ipvtap",
    { ...nothing, texts: sameKeys("mode"), flags: new Set(["bridge", "private", "vepa"]) },
  ],
  ["vlan", { ...nothing, texts: sameKeys("protocol"), numbers: sameKeys("id") }],
  ["bond", { ...nothing, texts: sameKeys("mode", "active_slave"), numbers: sameKeys("miimon") }],
  ["vrf", { ...nothing, texts: sameKeys("table") }],
]);

const portWords: WordMeanings = {
  ...nothing,
  texts: sameKeys("state", "hairpin", "isolated", "mii_status"),
};

/** `vxlan id 4096 local …`: the kind's settings as info_data. */
export function kindData(kind: string, words: readonly string[]): Fields {
  const meanings = kindWords.get(kind) ?? nothing;
  const { fields, flags } = readWords(words, meanings);
  const on = Object.fromEntries(flags.map((flag) => [flag, true]));
  // iproute2 says nothing where a VXLAN link learns, which it does unless told otherwise.
  const learning = kind === "vxlan" ? { learning: !flags.includes("nolearning") } : {};
  return { ...fields, ...on, ...learning };
}

/** `bridge_slave state forwarding …`: the port's settings as info_slave_data. */
export function portData(words: readonly string[]): Fields {
  return readWords(words, portWords).fields;
}
