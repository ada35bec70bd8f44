import type { Address, Family } from "../ip.ts";

/** Addresses far away that stand for the outside in route lookups; nothing is ever sent to them. */
export const farAddress: Readonly<Record<Family, Address>> = {
  ipv4: "1.1.1.1",
  ipv6: "2606:4700:4700::1111",
};

/** What the kernel itself answers about a destination, beside docknet's reading of its routes and rules. Source: `ip route get`. */
export interface RouteSighting {
  readonly family: Family;
  readonly destination: Address;
  readonly answer:
    | { readonly kind: "unicast"; readonly outputLink: string; readonly gateway?: Address }
    | { readonly kind: "local" }
    | { readonly kind: "refused" };
}
