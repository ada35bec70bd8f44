import type { Family } from "../ip.ts";

/** Sets of ipset in one namespace, as far as rules ask them. Source: `ipset save`. */
export type IpSets =
  | { readonly state: "read"; readonly sets: readonly IpSet[] }
  /** Nobody asked, as no rule names a set; or it could not be read. */
  | { readonly state: "unread"; readonly reason: string };

/** A set of ipset(8). */
export interface IpSet {
  readonly name: string;
  /** How it is stored: hash, bitmap or list. */
  readonly method: string;
  /** What its elements are made of: ip, net, port, iface, mac, mark, set. */
  readonly parts: readonly string[];
  /** Absent for types that are of no family, such as bitmap:port. */
  readonly family?: Family;
  /** Prefix length that addresses are cut to before they are looked up. */
  readonly netmaskLength?: number;
  /** Elements without one of their own live so long. */
  readonly timeoutSeconds?: number;
  /** Other words of its head, verbatim: hashsize, maxelem, range, counters, … */
  readonly options: readonly string[];
  readonly elements: readonly IpSetElement[];
}

export interface IpSetElement {
  /** Its parts as ipset prints them, with commas between: `192.0.2.1,tcp:80`. */
  readonly value: string;
  /** It is an exception: what it holds is not in the set. */
  readonly nomatch?: true;
  /** Seconds until it goes; 0 = never. */
  readonly timeoutSeconds?: number;
  readonly packets?: number;
  readonly bytes?: number;
  readonly comment?: string;
  /** Other words of its line, verbatim: skbmark, skbprio, wildcard, … */
  readonly options?: readonly string[];
}
