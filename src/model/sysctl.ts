/** A sysctl key with dots; a `/` stands for a dot inside a link name (sysctl(8)). */
export type SysctlKey = string;

/** Values of the keys that docknet asks for, as the kernel prints them. A key that does not exist on this kernel is left out. */
export type Sysctls = Readonly<Record<SysctlKey, string>>;

/** Per-link network settings. Source: `ip -j netconf`, RTM_NEWNETCONF. `all` and `default` are links here. */
export interface LinkSettings {
  readonly family: "ipv4" | "ipv6";
  readonly ifname: string;
  readonly forwarding?: boolean;
  /** rp_filter: 0 off, 1 strict, 2 loose; IPv4 only. */
  readonly reversePathFilter?: 0 | 1 | 2;
  /** Routes by this link do not count while it has no carrier. */
  readonly ignoresRoutesWithLinkdown?: boolean;
}

/** The path below /proc/sys of a key. */
export function sysctlPath(key: SysctlKey): `/${string}` {
  const parts = key.split(".").map((part) => part.replaceAll("/", "."));
  return `/proc/sys/${parts.join("/")}`;
}

/** `net.ipv4.conf.<link>.<setting>`; dots inside the link's name become slashes. */
export function linkSysctlKey(family: "ipv4" | "ipv6", ifname: string, setting: string): SysctlKey {
  return `net.${family}.conf.${ifname.replaceAll(".", "/")}.${setting}`;
}

/** A switch of IPv4 that is on where it is on for `all` or for the link (IN_DEV_ORCONF); undefined = it was not read. */
export function eitherSwitch(
  sysctls: Sysctls,
  ifname: string,
  setting: string,
): boolean | undefined {
  const own = sysctls[linkSysctlKey("ipv4", ifname, setting)];
  const all = sysctls[`net.ipv4.conf.all.${setting}`];
  if (own === "1" || all === "1") return true;
  return own === undefined || all === undefined ? undefined : false;
}

/** Effective reverse path filter of a link: the larger of `all` and the link's own (ip-sysctl.rst). */
export function effectiveReversePathFilter(
  settings: readonly LinkSettings[],
  ifname: string,
): 0 | 1 | 2 | undefined {
  const of = (name: string): 0 | 1 | 2 | undefined =>
    settings.find((entry) => entry.family === "ipv4" && entry.ifname === name)?.reversePathFilter;
  const all = of("all");
  const own = of(ifname);
  if (all === undefined || own === undefined) return undefined;
  return all > own ? all : own;
}
