import { parsePrefix } from "../../model/ip.ts";
import type { Json } from "../strip-secrets.ts";
import { bareName, imageName, labelName, networkMode, optionName } from "./docker-words.ts";
import { type KeyKind, keyKinds, mapKinds, type TextKind } from "./json-keys.ts";
import type { Pseudonyms } from "./pseudonyms.ts";
import { idName } from "./shapes.ts";
import { anyWord, chain, link, name, path, remark, sentence, sysctlKey, table } from "./words.ts";

/** Any JSON answer. A text that is no JSON comes back as another that is none: nobody knows what stands in it. */
export function redactJson(text: string, pseudonyms: Pseudonyms): string {
  if (text.trim() === "") return text;
  const json = parsedJson(text);
  return json === undefined ? "(no JSON)" : JSON.stringify(redactValue(json, {}, pseudonyms));
}

/** Where a value stands. */
interface Place {
  /** The nearest key above, lists passed over. */
  readonly key?: string;
  /** The key above that one. */
  readonly above?: string;
  /** It stands in a list: the list of `Networks` of a service is no map of names. */
  readonly inList?: true;
  /** Texts here are names of links: the other side of a comparison is a link's name. */
  readonly ofLinks?: boolean;
}

type JsonRecord = { readonly [key: string]: Json };

function redactValue(value: Json, place: Place, pseudonyms: Pseudonyms): Json {
  if (typeof value === "string") return redactText(value, place, pseudonyms);
  if (value === null || typeof value !== "object") return value;
  if (isList(value)) {
    return value.map((item) => redactValue(item, { ...place, inList: true }, pseudonyms));
  }
  return redactRecord(value, place, pseudonyms);
}

function redactRecord(value: JsonRecord, place: Place, pseudonyms: Pseudonyms): JsonRecord {
  note(value, pseudonyms);
  const ofLinks = place.ofLinks === true || comparesLinks(value);
  const map = place.inList ? undefined : mapKinds[place.key ?? ""];
  const entries = Object.entries(value).map(([key, inner]): readonly [string, Json] => {
    const below: Place = {
      // A key of a map is a person's word: it must not be taken for one of the format's.
      key: map === undefined ? key : "",
      ...(place.key === undefined ? {} : { above: place.key }),
      ...(ofLinks ? { ofLinks } : {}),
    };
    const address = addressOfLength(value, key, pseudonyms);
    return [redactKey(key, map, pseudonyms), address ?? redactValue(inner, below, pseudonyms)];
  });
  return Object.fromEntries(entries);
}

/** An address whose prefix length stands under another key: nft's prefixes, `ip -j rule`. */
function addressOfLength(
  record: JsonRecord,
  key: string,
  pseudonyms: Pseudonyms,
): string | undefined {
  const address = record[key];
  const length = record[lengthKeys[key] ?? ""];
  if (typeof address !== "string" || typeof length !== "number") return undefined;
  const prefix = parsePrefix(`${address}/${length}`);
  if (prefix !== undefined) pseudonyms.network(prefix);
  return pseudonyms.prefixAddress(address, length);
}

const lengthKeys: Readonly<Record<string, string>> = { addr: "len", src: "srclen", dst: "dstlen" };

/** Subnets and ranges, which the pseudonyms of addresses must know beforehand. */
function note(value: JsonRecord, pseudonyms: Pseudonyms): void {
  const { local, prefixlen, Subnet, range } = value;
  const subnet =
    typeof local === "string" && typeof prefixlen === "number" ? `${local}/${prefixlen}` : Subnet;
  const prefix = typeof subnet === "string" ? parsePrefix(subnet) : undefined;
  if (prefix !== undefined) pseudonyms.subnet(prefix);
  const [from, to] = isList(range) ? range : [];
  if (typeof from === "string" && typeof to === "string") pseudonyms.range(from, to);
}

/** `{ "left": { "meta": { "key": "iifname" } }, "right": … }`, or a set of such names. */
function comparesLinks(value: JsonRecord): boolean {
  if (value["type"] === "ifname") return true;
  const { left, key } = value;
  return [left, key].some(
    (side) => side !== undefined && /"[io]ifname"/.test(JSON.stringify(side)),
  );
}

function redactKey(key: string, kind: KeyKind | undefined, pseudonyms: Pseudonyms): string {
  switch (kind) {
    case "name":
      return name(key, pseudonyms);
    case "label":
      return labelName(key, pseudonyms);
    case "option":
      return optionName(key, pseudonyms);
    case "sysctl":
      return sysctlKey(key, pseudonyms);
    case "port":
      return key;
    default:
      return /^[A-Za-z_][\w-]*$/.test(key)
        ? (idName(key, pseudonyms) ?? key)
        : anyWord(key, pseudonyms);
  }
}

function redactText(text: string, place: Place, pseudonyms: Pseudonyms): string {
  const kind = kindOf(place);
  switch (kind) {
    case "kept":
      return text;
    case "emptied":
      return "";
    case "name":
      return bareName(text, pseudonyms);
    case "link":
      return setReference(text, pseudonyms) ?? link(text, pseudonyms);
    case "chain":
      return chain(text, pseudonyms);
    case "table":
      return table(text, pseudonyms);
    case "remark":
      return remark(text, pseudonyms);
    case "sentence":
      return sentence(text, pseudonyms);
    case "image":
      return imageName(text, pseudonyms);
    case "network-mode":
      return networkMode(text, pseudonyms);
    case "path":
      return path(text, pseudonyms);
    case "any":
      return setReference(text, pseudonyms) ?? anyWord(text, pseudonyms);
  }
}

/** A set or map of nft is named with an @ before it. */
function setReference(text: string, pseudonyms: Pseudonyms): string | undefined {
  return text.startsWith("@") ? `@${chain(text.slice(1), pseudonyms)}` : undefined;
}

function kindOf({ key = "", above = "", ofLinks }: Place): TextKind {
  if (key === "name" && nftObjects.has(above)) return nameKindOf(above);
  if (keptWholly.has(above)) return "kept";
  if ((key === "type" || key === "map") && (above === "set" || above === "map")) return "kept";
  if (above === "Plugins") return "any";
  const kind = mapKinds[above] === undefined ? keyKinds[key] : undefined;
  if (mapKinds[above] === "label") return "emptied";
  if (kind !== undefined) return kind;
  return ofLinks === true ? "link" : "any";
}

/** Objects of Docker that hold no name of a person's. */
const keptWholly: ReadonlySet<string> = new Set([
  ...["RestartPolicy", "ContainerdCommit", "RuncCommit", "InitCommit"],
]);

/** Objects of nft whose `name` says what they are called. */
const nftObjects: ReadonlySet<string> = new Set(["table", "chain", "set", "map", "xt"]);

function nameKindOf(object: string): TextKind {
  if (object === "table") return "table";
  return object === "xt" ? "kept" : "chain";
}

function parsedJson(text: string): Json | undefined {
  try {
    const json: Json = JSON.parse(text);
    return json;
  } catch {
    return undefined;
  }
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
