import { type Address, type Prefix, parsePrefix } from "../model/ip.ts";

/** The prefix of one address alone, as a list: empty when the text is no address. */
export function fullPrefix(address: Address): readonly Prefix[] {
  const prefix = parsePrefix(address);
  return prefix === undefined ? [] : [prefix];
}
