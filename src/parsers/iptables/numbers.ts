import type { PortRange } from "../../model/netfilter.ts";

export interface MaskedValue {
  readonly value: number;
  readonly mask: number;
}

export const ALL_BITS = 0xffffffff;

/** A whole number in decimal that is at most `most`; undefined for any other text. */
export function decimal(text: string, most: number): number | undefined {
  if (text.length === 0 || text.length > 10) return undefined;
  let value = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value > most ? undefined : value;
}

/** `80`, `8000:8080`, `:1023` or `1024:`, with the separator of the option (`:` for matches, `-` for NAT). */
export function portRange(text: string, separator = ":"): PortRange | undefined {
  const middle = text.indexOf(separator);
  if (middle < 0) {
    const port = decimal(text, 65535);
    return port === undefined ? undefined : { from: port, to: port };
  }
  if (text.length === 1) return undefined;
  const from = middle === 0 ? 0 : decimal(text.slice(0, middle), 65535);
  const to = middle === text.length - 1 ? 65535 : decimal(text.slice(middle + 1), 65535);
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** `0x10`, `16`, with or without a mask behind a slash. A lone value has all bits in its mask. */
export function maskedValue(text: string): MaskedValue | undefined {
  const slash = text.indexOf("/");
  const value = word32(slash < 0 ? text : text.slice(0, slash));
  const mask = slash < 0 ? ALL_BITS : word32(text.slice(slash + 1));
  return value === undefined || mask === undefined ? undefined : { value, mask };
}

function word32(text: string): number | undefined {
  if (!text.startsWith("0x")) return decimal(text, ALL_BITS);
  return /^0x[0-9a-fA-F]{1,8}$/.test(text) ? Number.parseInt(text.slice(2), 16) : undefined;
}
