import { type Address, addressText, parseAddress } from "../../model/ip.ts";

/** `0100007F`: an IPv4 address as /proc/net prints it, one word in the byte order of a little-endian machine. */
export function procIpv4(text: string): Address | undefined {
  return /^[0-9A-F]{8}$/i.test(text) ? addressText([swapped(text)]) : undefined;
}

/** An IPv6 address of /proc/net/tcp6 and udp6: four words, each in the byte order of a little-endian machine. */
export function procIpv6Words(text: string): Address | undefined {
  if (!/^[0-9A-F]{32}$/i.test(text)) return undefined;
  return addressText([0, 8, 16, 24].map((at) => swapped(text.slice(at, at + 8))));
}

/** An IPv6 address of /proc/net/ipv6_route: 32 digits in the order of the address. */
export function procIpv6(text: string): Address | undefined {
  if (!/^[0-9a-f]{32}$/i.test(text)) return undefined;
  return parseAddress((text.match(/.{4}/g) ?? []).join(":"));
}

function swapped(word: string): number {
  const bytes = [6, 4, 2, 0].map((at) => Number.parseInt(word.slice(at, at + 2), 16));
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}
