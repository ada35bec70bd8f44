import type { Pseudonyms } from "./pseudonyms.ts";
import { idName, shapePseudonym } from "./shapes.ts";
import { isFormatWord, isPlainRemark } from "./vocabulary.ts";
import {
  isWellKnownChain,
  isWellKnownLink,
  isWellKnownNetwork,
  isWellKnownPathPart,
  isWellKnownTable,
} from "./well-known-names.ts";

const number = /^[-+]?(?:\d+(?:[.,:/-]\d+)*%?|0x[0-9a-f]+(?:\/0x[0-9a-f]+)?)$/i;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;
const portOfProtocol = /^\d{1,5}(?:-\d{1,5})?\/(?:tcp|udp|sctp)$/;

/** A word that may be anything: by its shape, else by what it is known for, else a name. */
export function anyWord(word: string, pseudonyms: Pseudonyms): string {
  if (word === "") return word;
  const shaped = shapePseudonym(word, pseudonyms);
  if (shaped !== undefined) return shaped;
  if (isInnocent(word) || isFormatWord(word.toLowerCase()) || isWellKnownLink(word)) return word;
  if (word.startsWith("/")) return path(word, pseudonyms);
  if (/^[\d,]*\d[\d,]*$/.test(word)) return word;
  return isWellKnownNetwork(word) ? word : pseudonyms.name(word);
}

/** Numbers, times and ports say nothing about whose host it is. */
export function isInnocent(word: string): boolean {
  return number.test(word) || instant.test(word) || portOfProtocol.test(word);
}

/** A container's, network's or host's name, whatever other meaning it has: one called `overlay` is a name too. */
export function name(text: string, pseudonyms: Pseudonyms): string {
  if (text === "" || isWellKnownNetwork(text)) return text;
  return idName(text, pseudonyms) ?? pseudonyms.address(text) ?? pseudonyms.name(text);
}

/** The name of a link, or the beginning of names that a rule matches: `eth0`, `mybr0`, `wg-+`. */
export function link(text: string, pseudonyms: Pseudonyms): string {
  if (text.endsWith("+")) return `${linkBeginning(text.slice(0, -1), pseudonyms)}+`;
  if (text === "" || text === "*" || text === "all" || text === "default") return text;
  const shaped = shapePseudonym(text, pseudonyms);
  if (shaped !== undefined) return shaped;
  return isWellKnownLink(text) || isWellKnownNetwork(text) ? text : pseudonyms.name(text);
}

function linkBeginning(text: string, pseudonyms: Pseudonyms): string {
  if (text === "") return text;
  return idName(text, pseudonyms) ?? pseudonyms.linkBeginning(text);
}

/** The name of a chain; those of dockerd's nftables backend end in the name of a bridge. */
export function chain(text: string, pseudonyms: Pseudonyms): string {
  if (isWellKnownChain(text)) return text;
  const [, before, bridge] = /^([a-z-]+__)(.+)$/.exec(text) ?? [];
  if (bridge !== undefined) return `${before}${link(bridge, pseudonyms)}`;
  const [, owner, rest] = chainOfOwner.exec(text) ?? [];
  return rest === undefined ? pseudonyms.name(text) : `${owner}${anyWord(rest, pseudonyms)}`;
}

/** Beginnings of chain names that say whose the chain is; what follows may be a person's word. */
const chainOfOwner =
  /^(DOCKER-|KUBE-|CNI-|LIBVIRT_|ufw6?-|f2b-|cali-|(?:(?:filter|nat|mangle|raw)_)?(?:IN|OUT|FWD|FWDI|FWDO|PRE|POST)_|filter-[a-z-]+-|nat-[a-z-]+-)(.+)$/;

export function table(text: string, pseudonyms: Pseudonyms): string {
  return isWellKnownTable(text) || isInnocent(text) ? text : pseudonyms.name(text);
}

/** Every part by itself; one that is no usual name of a directory or file becomes a pseudonym. */
export function path(text: string, pseudonyms: Pseudonyms): string {
  return text
    .split("/")
    .map((part) => {
      if (part === "" || isWellKnownPathPart(part)) return part;
      return idName(part, pseudonyms) ?? (isWellKnownNetwork(part) ? part : pseudonyms.name(part));
    })
    .join("/");
}

/** A sysctl's key, dotted; a link's name stands behind `conf` and `neigh`, its own dots as `/`. */
export function sysctlKey(key: string, pseudonyms: Pseudonyms): string {
  const [, before, name_, after] =
    /^(net\.ipv[46]\.(?:conf|neigh)\.)(.+)(\.[^.]+)$/.exec(key) ?? [];
  if (name_ === undefined) return key;
  const own = link(name_.replaceAll("/", "."), pseudonyms).replaceAll(".", "/");
  return `${before}${own}${after}`;
}

/** Words of a comment or log prefix. Those that are no usual remark become names, so that a container's is found in them. */
export function remark(text: string, pseudonyms: Pseudonyms): string {
  return text.replaceAll(/[^\s"'\\()<>{},;=]+/g, (word) => {
    const { core, tail } = withoutStops(word);
    const bare = core.replace(/^\[/, "");
    const opening = core.slice(0, core.length - bare.length);
    if (bare === "" || isPlainRemark(bare)) return word;
    return `${opening}${remarkWord(bare, pseudonyms)}${tail}`;
  });
}

function remarkWord(word: string, pseudonyms: Pseudonyms): string {
  const shaped = shapePseudonym(word, pseudonyms);
  if (shaped !== undefined) return shaped;
  const stays = isInnocent(word) || isWellKnownLink(word) || isWellKnownChain(word);
  return stays ? word : pseudonyms.name(word);
}

/** A sentence of a program: addresses, ids, and every name that stands elsewhere in the bundle. */
export function sentence(text: string, pseudonyms: Pseudonyms): string {
  return text.replaceAll(/[^\s"'`,;()<>{}=]+/g, (word) => {
    const { core, tail } = withoutStops(word);
    if (core === "") return word;
    return `${sentenceWord(core, pseudonyms)}${tail}`;
  });
}

function sentenceWord(word: string, pseudonyms: Pseudonyms): string {
  if (pseudonyms.isName(word)) return pseudonyms.name(word);
  const shaped = shapePseudonym(word, pseudonyms);
  if (shaped !== undefined) return shaped;
  if (!word.includes("/") || isInnocent(word)) return word;
  return word
    .split("/")
    .map((part) =>
      pseudonyms.isName(part) ? pseudonyms.name(part) : (shapePseudonym(part, pseudonyms) ?? part),
    )
    .join("/");
}

/** A word without what ends a sentence. By hand: a pattern would try every run of stops again from each of them. */
function withoutStops(word: string): { readonly core: string; readonly tail: string } {
  let end = word.length;
  while (end > 0 && ".:!?]".includes(word.charAt(end - 1))) end -= 1;
  return { core: word.slice(0, end), tail: word.slice(end) };
}
