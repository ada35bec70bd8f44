import type { Address, Family } from "./ip.ts";
import type { Backend, IptablesTable } from "./netfilter.ts";

/**
 * What a remedy would change, as data. The engine applies it to the facts and walks the failing intents again, so that a remedy is
 * proven on the model before a person runs it.
 */
export type Assumption =
  /** `sysctl -w`. Writing net.ipv4.ip_forward sets the flag of every link too. */
  | { readonly kind: "sysctl"; readonly key: string; readonly value: string }
  | {
      readonly kind: "rule-absent";
      readonly family: Family;
      readonly backend: Backend;
      readonly table: IptablesTable;
      readonly chain: string;
      readonly text: string;
    }
  /** A rule as `iptables -A` would add it; parsed text is not needed, the derivation knows its form. */
  | {
      readonly kind: "masquerade-present";
      readonly family: Family;
      readonly subnet: string;
      readonly bridge: string;
    }
  /** `iptables -I INPUT -s SOURCE -p PROTOCOL --dport PORT -j ACCEPT`. */
  | {
      readonly kind: "port-accepted";
      readonly family: Family;
      readonly backend: Backend;
      readonly protocol: "tcp" | "udp";
      readonly port: number;
      readonly source: Address;
    }
  /** Docker rebuilds its chains, jumps and rules (`systemctl restart docker`). */
  | { readonly kind: "docker-rules-rebuilt" }
  /** Docker writes the rules of one container's published ports anew (`docker restart CONTAINER`). */
  | { readonly kind: "port-rules-rebuilt"; readonly container: string }
  /** `ip link set NAME up`: the link is up and its connected routes are back. */
  | { readonly kind: "link-up"; readonly ifname: string }
  | {
      readonly kind: "address-present";
      readonly ifname: string;
      readonly address: Address;
      readonly prefixLength: number;
    };
