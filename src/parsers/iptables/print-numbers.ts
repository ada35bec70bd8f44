import type { PortRange } from "../../model/netfilter.ts";

/** Ports as iptables prints them: one, or both ends of the range. */
export function ports({ from, to }: PortRange, separator: string): string {
  return from === to ? String(from) : `${from}${separator}${to}`;
}

/** `0x1f`, as iptables prints marks. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
