import type { AddressPool } from "../docker.ts";
import type { Address, Prefix } from "../ip.ts";

/**
 * Options of dockerd that change what it promises. A field is absent where it is set nowhere or could not be seen. Source: dockerd's
 * file of options, /proc/PID/cmdline; https://docs.docker.com/reference/cli/dockerd/.
 */
export interface DaemonOptions {
  readonly iptables?: boolean;
  readonly ip6tables?: boolean;
  readonly ipMasq?: boolean;
  readonly ipForward?: boolean;
  /** `ip-forward-no-drop`: the policy of FORWARD stays when dockerd switches forwarding on. */
  readonly ipForwardNoDrop?: boolean;
  readonly userlandProxy?: boolean;
  readonly userlandProxyPath?: string;
  readonly firewallBackend?: string;
  /** `allow-direct-routing`: routed packets reach containers whose ports are not published. */
  readonly allowDirectRouting?: boolean;
  readonly icc?: boolean;
  /** `ipv6`, of the default bridge. */
  readonly ipv6?: boolean;
  readonly liveRestore?: boolean;
  /** The link in docker0's place; `none` = no default bridge. */
  readonly bridge?: string;
  /** Address of the default bridge, with the prefix that it stands in. */
  readonly bip?: AddressInPrefix;
  readonly bip6?: AddressInPrefix;
  readonly fixedCidr?: Prefix;
  readonly fixedCidrV6?: Prefix;
  readonly defaultGateway?: Address;
  readonly defaultGatewayV6?: Address;
  /** `mtu` of the default bridge in bytes. */
  readonly mtuBytes?: number;
  /** `ip`: where ports are published that name no address. */
  readonly bindingAddress?: Address;
  readonly addressPools?: readonly AddressPool[];
  /** `default-network-opts`: options of new networks, by driver. */
  readonly defaultNetworkOptions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dns?: readonly Address[];
  readonly dnsOptions?: readonly string[];
  readonly dnsSearch?: readonly string[];
  /** Where dockerd listens, such as `unix:///run/docker.sock`. */
  readonly hosts?: readonly string[];
  /** Group that owns the socket. */
  readonly group?: string;
  readonly usernsRemap?: string;
  /** Where dockerd keeps its sandboxes; /var/run/docker where it is absent and dockerd's command line could be seen. */
  readonly execRoot?: string;
  readonly dataRoot?: string;
  readonly pidFile?: string;
  /** `--config-file`; absent where it is the default /etc/docker/daemon.json. */
  readonly configFile?: string;
  /** Where each option is set, by its name on the command line; absent where none is. */
  readonly origins?: Readonly<Record<string, OptionOrigin>>;
  /** Options that the file and the command line both set: with them dockerd does not start. Absent where there are none. */
  readonly conflicts?: readonly string[];
}

export type OptionOrigin = "flag" | "file";

export interface AddressInPrefix {
  readonly address: Address;
  readonly prefix: Prefix;
}
