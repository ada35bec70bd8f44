import type { AddressInPrefix, DaemonOptions } from "../../model/docker/daemon-options.ts";
import type { AddressPool } from "../../model/docker.ts";
import type { IgnoredLine } from "../../model/facts.ts";
import { type Address, parseAddress, parsePrefix } from "../../model/ip.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { defined } from "../support/defined.ts";

/** Texts of options by their names on the command line; the last of several wins where one is meant. */
export type OptionTexts = ReadonlyMap<string, readonly string[]>;

/** dockerd's options from the texts of its file or of its command line. One that dockerd would refuse is told as ignored. */
export function daemonOptionsOf(texts: OptionTexts): Parsed<DaemonOptions> {
  const ignored: IgnoredLine[] = [];
  const all = (name: string) => texts.get(name) ?? [];
  const one = (name: string) => all(name).at(-1);
  const read = <T>(name: string, reader: (text: string) => T | undefined) =>
    all(name).flatMap((text): readonly T[] => {
      const value = reader(text);
      if (value !== undefined) return [value];
      ignored.push({ line: 1, text: `${name}=${text}`, reason: "its value is not understood" });
      return [];
    });
  const last = <T>(name: string, reader: (text: string) => T | undefined) =>
    read(name, reader).at(-1);
  const list = <T>(name: string, reader: (text: string) => T | undefined) =>
    texts.has(name) ? read(name, reader) : undefined;
  const value: DaemonOptions = defined({
    iptables: last("iptables", switchOf),
    ip6tables: last("ip6tables", switchOf),
    ipMasq: last("ip-masq", switchOf),
    ipForward: last("ip-forward", switchOf),
    ipForwardNoDrop: last("ip-forward-no-drop", switchOf),
    userlandProxy: last("userland-proxy", switchOf),
    userlandProxyPath: one("userland-proxy-path"),
    firewallBackend: one("firewall-backend"),
    allowDirectRouting: last("allow-direct-routing", switchOf),
    icc: last("icc", switchOf),
    ipv6: last("ipv6", switchOf),
    liveRestore: last("live-restore", switchOf),
    bridge: one("bridge"),
    bip: last("bip", addressInPrefix),
    bip6: last("bip6", addressInPrefix),
    fixedCidr: last("fixed-cidr", parsePrefix),
    fixedCidrV6: last("fixed-cidr-v6", parsePrefix),
    defaultGateway: last("default-gateway", parseAddress),
    defaultGatewayV6: last("default-gateway-v6", parseAddress),
    mtuBytes: last("mtu", bytes),
    bindingAddress: last("ip", parseAddress),
    addressPools: list("default-address-pool", addressPool),
    defaultNetworkOptions: byDriver(list("default-network-opt", networkOption)),
    dns: list("dns", nameServer),
    dnsOptions: texts.get("dns-opt"),
    dnsSearch: texts.get("dns-search"),
    hosts: texts.get("host"),
    group: one("group"),
    usernsRemap: one("userns-remap"),
    execRoot: one("exec-root"),
    dataRoot: one("data-root"),
    pidFile: one("pidfile"),
  });
  return parsed(value, ignored);
}

/** As Go's strconv.ParseBool reads it. */
function switchOf(text: string): boolean | undefined {
  if (/^(?:1|t|T|true|TRUE|True)$/.test(text)) return true;
  return /^(?:0|f|F|false|FALSE|False)$/.test(text) ? false : undefined;
}

function addressInPrefix(text: string): AddressInPrefix | undefined {
  const address = parseAddress(text.split("/")[0] ?? "");
  const prefix = text.includes("/") ? parsePrefix(text) : undefined;
  return address === undefined || prefix === undefined ? undefined : { address, prefix };
}

function bytes(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** `base=10.0.0.0/8,size=24`, in any order. */
function addressPool(text: string): AddressPool | undefined {
  const fields = new Map(text.split(",").map((part) => pair(part)));
  const base = parsePrefix(fields.get("base") ?? "");
  const size = fields.get("size") ?? "";
  return base === undefined || !/^\d{1,3}$/.test(size) ? undefined : { base, size: Number(size) };
}

/** A zone of a link-local server stays behind `%`. */
function nameServer(text: string): Address | undefined {
  const [address = "", ...zone] = text.split("%");
  const canonical = parseAddress(address);
  return canonical === undefined ? undefined : [canonical, ...zone].join("%");
}

interface NetworkOption {
  readonly driver: string;
  readonly name: string;
  readonly value: string;
}

/** `bridge=com.docker.network.driver.mtu=1400`. */
function networkOption(text: string): NetworkOption | undefined {
  const [driver, option] = pair(text);
  const [name, value] = pair(option);
  return driver === "" || name === "" ? undefined : { driver, name, value };
}

function byDriver(options: readonly NetworkOption[] | undefined) {
  if (options === undefined) return undefined;
  const drivers = new Map<string, Readonly<Record<string, string>>>();
  for (const { driver, name, value } of options) {
    drivers.set(driver, { ...drivers.get(driver), [name]: value });
  }
  return Object.fromEntries(drivers);
}

function pair(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
