import {
  type Address,
  addressText,
  addressWords,
  parseAddress,
  parsePrefix,
} from "../../model/ip.ts";
import type { Pseudonyms } from "./pseudonyms.ts";
import { link } from "./words.ts";

/** `/proc/PID/net/…`: addresses in hexadecimal digits, MACs and links' names; numbers stay. The lengths of columns do too. */
export function redactProcNet(file: string, text: string, pseudonyms: Pseudonyms): string {
  const redact = redactors[file];
  return redact === undefined
    ? text
    : text
        .split("\n")
        .map((line) => redact(line, pseudonyms))
        .join("\n");
}

type RedactLine = (line: string, pseudonyms: Pseudonyms) => string;

const ofSockets: RedactLine = (line, pseudonyms) =>
  line.replaceAll(/\b([0-9A-F]{8}|[0-9A-F]{32})(?=:[0-9A-F]{4}\b)/g, (digits) =>
    digits === digits.replaceAll(/[^0]/g, "0") ? digits : hexAddress(digits, pseudonyms),
  );

const redactors: Readonly<Record<string, RedactLine>> = {
  tcp: ofSockets,
  tcp6: ofSockets,
  udp: ofSockets,
  udp6: ofSockets,
  dev: (line, pseudonyms) =>
    line.replace(/^(\s*)([^:|]+)(?=:)/, (_, space: string, name: string) => {
      return `${space}${link(name, pseudonyms)}`;
    }),
  route: (line, pseudonyms) => {
    const columns = line.split("\t");
    const [dev = "", destination = "", gateway = "", , , , , mask = ""] = columns;
    if (!/^[0-9A-F]{8}$/.test(mask)) return line;
    const length = ones(reversed(mask));
    const changed = [
      dev === "*" ? dev : link(dev, pseudonyms),
      hexPrefix(destination, length, pseudonyms),
      hexAddress(gateway, pseudonyms),
    ];
    return [...changed, ...columns.slice(changed.length)].join("\t");
  },
  ipv6_route: (line, pseudonyms) => {
    const [destination = "", length = "", source = "", sourceLength = "", gateway = "", ...rest] =
      line.split(/ (?! )/);
    const dev = /(\S+)$/.exec(line)?.[1];
    if (dev === undefined || gateway.length !== 32) return line;
    const changed = [
      plainPrefix(destination, length, pseudonyms),
      length,
      plainPrefix(source, sourceLength, pseudonyms),
      sourceLength,
      plainAddress(gateway, pseudonyms),
    ];
    return [...changed, ...rest].join(" ").replace(/\S+$/, link(dev, pseudonyms));
  },
  if_inet6: (line, pseudonyms) =>
    line
      .replace(/^[0-9a-f]{32}/, (digits) => plainAddress(digits, pseudonyms))
      .replace(/\S+$/, (name) => link(name, pseudonyms)),
  arp: (line, pseudonyms) => {
    if (!/^[\d.]+ /.test(line)) return line;
    return line
      .replace(/^[\d.]+/, (address) => pseudonyms.address(address) ?? "0.0.0.0")
      .replace(/(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/i, (mac) => macOf(mac, pseudonyms))
      .replace(/\S+$/, (name) => link(name, pseudonyms));
  },
  fib_trie: (line, pseudonyms) =>
    line.replace(/([\d.]+)(\/\d+)?(?= |$)/, (found, address: string, length?: string) => {
      if (!address.includes(".")) return found;
      if (length === undefined) return pseudonyms.address(address) ?? found;
      return `${pseudonyms.prefixAddress(address, Number(length.slice(1))) ?? address}${length}`;
    }),
};

function macOf(mac: string, pseudonyms: Pseudonyms): string {
  return pseudonyms
    .mac(mac.split(":").map((byte) => Number.parseInt(byte, 16)))
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join(":");
}

/** Words in the byte order of a little-endian machine: one of IPv4, four of IPv6. */
function hexAddress(digits: string, pseudonyms: Pseudonyms): string {
  const words = digits.match(/.{8}/g)?.map((word) => Number.parseInt(reversed(word), 16)) ?? [];
  const mapped = pseudonyms.address(addressText(words));
  return mapped === undefined ? digits : digitsOf(mapped).map(reversed).join("").toUpperCase();
}

function hexPrefix(digits: string, length: number, pseudonyms: Pseudonyms): string {
  const address = addressText([Number.parseInt(reversed(digits), 16)]);
  const mapped = prefixAddress(address, length, pseudonyms);
  return mapped === undefined ? digits : digitsOf(mapped).map(reversed).join("").toUpperCase();
}

/** 32 digits of IPv6 in the order of the address. */
function plainAddress(digits: string, pseudonyms: Pseudonyms): string {
  const address = parseAddress((digits.match(/.{4}/g) ?? []).join(":"));
  const mapped = address === undefined ? undefined : pseudonyms.address(address);
  return mapped === undefined ? digits : digitsOf(mapped).join("");
}

function plainPrefix(digits: string, length: string, pseudonyms: Pseudonyms): string {
  const address = parseAddress((digits.match(/.{4}/g) ?? []).join(":"));
  if (address === undefined) return digits;
  const mapped = prefixAddress(address, Number.parseInt(length, 16), pseudonyms);
  return mapped === undefined ? digits : digitsOf(mapped).join("");
}

function prefixAddress(address: Address, length: number, pseudonyms: Pseudonyms) {
  const prefix = parsePrefix(`${address}/${length}`);
  if (prefix !== undefined) pseudonyms.network(prefix);
  return pseudonyms.prefixAddress(address, length);
}

function digitsOf(address: Address): readonly string[] {
  return (addressWords(address) ?? []).map((word) => word.toString(16).padStart(8, "0"));
}

function reversed(word: string): string {
  return (word.match(/../g) ?? []).toReversed().join("");
}

function ones(mask: string): number {
  return Number.parseInt(mask, 16).toString(2).replaceAll("0", "").length;
}
