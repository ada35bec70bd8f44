/** The lab's LAN. One number makes a host's addresses in both families. */
export interface LanAddresses {
  readonly ipv4: string;
  readonly ipv6: string;
}

/** Which switch: every host has an uplink on the first; a second one is optional. */
export type Lan = "first" | "second";

/** The number of the gateway, which answers "unreachable" for everything beyond the LAN. */
export const gatewayNumber = 254;

/** The number of the client on the LAN that is no Docker host. */
export const outsideNumber = 100;

/** Addresses of a number from 1 to 254 on a LAN. */
export function lanAddresses(number: number, lan: Lan = "first"): LanAddresses {
  const network = lan === "first" ? 99 : 98;
  return { ipv4: `10.${network}.0.${number}`, ipv6: `fd00:${network}::${number.toString(16)}` };
}
