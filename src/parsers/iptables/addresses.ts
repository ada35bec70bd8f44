import {
  type Address,
  type AddressWords,
  addressText,
  addressWords,
  type Prefix,
  parseAddress,
  parsePrefix,
  prefixOf,
} from "../../model/ip.ts";

/** What stands behind `-s`: a prefix, or an address with a mask that is none. */
export type MaskedAddress =
  | { readonly prefix: Prefix }
  | { readonly address: Address; readonly mask: Address };

/** `192.0.2.0/24`, `192.0.2.1`, `192.0.2.0/255.255.255.0`, `10.0.0.1/255.0.255.0` and the same of IPv6. */
export function maskedAddress(text: string): MaskedAddress | undefined {
  const prefix = quickPrefix(text) ?? parsePrefix(text);
  if (prefix !== undefined) return { prefix };
  const slash = text.indexOf("/");
  const words = addressWords(text.slice(0, Math.max(slash, 0)));
  const mask = addressWords(text.slice(slash + 1));
  if (words === undefined || mask === undefined || words.length !== mask.length) return undefined;
  const length = maskLength(mask);
  if (length !== undefined) return { prefix: prefixOf(words, length) };
  const masked = words.map((word, index) => (word & Number(mask[index])) >>> 0);
  return { address: addressText(masked), mask: addressText(mask) };
}

/** The usual case without any detour: an IPv4 address in canonical text and `/32`. */
function quickPrefix(text: string): Prefix | undefined {
  const end = text.length - 3;
  if (!text.endsWith("/32") || !isPlainIpv4(text, end)) return undefined;
  return { family: "ipv4", address: text.slice(0, end), length: 32 };
}

/** The address in canonical text; undefined when the text is none. */
export function plainAddress(text: string): Address | undefined {
  return isPlainIpv4(text, text.length) ? text : parseAddress(text);
}

/** True when the text up to `to` is a dotted quad without superfluous zeros. */
function isPlainIpv4(text: string, to: number): boolean {
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let at = 0; at < to; at += 1) {
    const digit = text.charCodeAt(at) - DIGIT_0;
    if (digit === DOT - DIGIT_0 && digits > 0) {
      dots += 1;
      octet = 0;
      digits = 0;
    } else {
      if (digit < 0 || digit > 9 || (digits > 0 && octet === 0)) return false;
      octet = octet * 10 + digit;
      digits += 1;
      if (octet > 255) return false;
    }
  }
  return dots === 3 && digits > 0;
}

const DIGIT_0 = 48;
const DOT = 46;

/** Count of leading ones, when nothing but zeros follows them. */
function maskLength(mask: AddressWords): number | undefined {
  let length = 0;
  let open = true;
  for (const word of mask) {
    const ones = Math.clz32(~word);
    if (!open && word !== 0) return undefined;
    if (ones < 32) {
      if (word !== (ones === 0 ? 0 : (0xffffffff << (32 - ones)) >>> 0)) return undefined;
      open = false;
    }
    length += ones;
  }
  return length;
}
