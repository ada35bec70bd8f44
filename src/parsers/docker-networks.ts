import { z } from "zod";
import type {
  DockerNetwork,
  GatewayMode,
  IpamConfig,
  NetworkAttachment,
  NetworkDriver,
} from "../model/docker.ts";
import type { IgnoredLine } from "../model/facts.ts";
import { type Address, parseAddress, parsePrefix } from "../model/ip.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { defined, filled } from "./support/defined.ts";
import {
  listOf,
  mapOf,
  optionalAddress,
  optionalFlag,
  optionalText,
} from "./support/docker-fields.ts";
import { isList, readJson, readJsonList } from "./support/json.ts";

const ipamConfig = z.object({
  Subnet: optionalText,
  Gateway: optionalAddress,
  IPRange: optionalText,
  AuxiliaryAddresses: mapOf(optionalAddress),
});

const attachment = z.object({
  Name: z.string(),
  MacAddress: optionalText,
  IPv4Address: optionalText,
  IPv6Address: optionalText,
});

const subnetUse = z.object({ IPsInUse: z.number(), DynamicIPsAvailable: z.number() });

const network = z.object({
  Id: z.string(),
  Name: z.string(),
  Driver: z.string(),
  Scope: optionalText,
  Internal: optionalFlag,
  Ingress: optionalFlag,
  ConfigOnly: optionalFlag,
  EnableIPv4: optionalFlag,
  EnableIPv6: optionalFlag,
  IPAM: z.object({ Config: listOf(ipamConfig) }).nullish(),
  ConfigFrom: z.object({ Network: optionalText }).nullish(),
  Options: mapOf(z.string()),
  Containers: mapOf(attachment),
  Peers: listOf(z.object({ IP: optionalAddress })),
  Status: z.object({ IPAM: z.object({ Subnets: mapOf(subnetUse) }).nullish() }).nullish(),
});

type NetworkEntry = z.infer<typeof network>;
type Options = Readonly<Record<string, string>>;

/** Networks by id, as the list has them. */
export interface NetworkName {
  readonly id: string;
  readonly name: string;
}

/** `GET /networks`: which networks there are; each is asked for by its id. */
export function parseDockerNetworkList(text: string): Parsed<readonly NetworkName[]> {
  const list = readJsonList(text, z.object({ Id: z.string(), Name: z.string() }));
  return list.ok ? parsed(list.value.map(({ Id, Name }) => ({ id: Id, name: Name }))) : list;
}

/** `GET /networks/{id}`. */
export function parseDockerNetwork(text: string): Parsed<DockerNetwork> {
  const read = readJson(text, network);
  return read.ok ? parsed(networkOf(read.value), oddSubnets(read.value)) : read;
}

/** `docker network inspect NETWORK…`, an array, or the body of `GET /networks/{id}`. The list of `GET /networks` has less in it. */
export function parseDockerNetworks(text: string): Parsed<readonly DockerNetwork[]> {
  const read = readJson(text, isList(text) ? z.array(network) : network.transform((one) => [one]));
  return read.ok ? parsed(read.value.map(networkOf), read.value.flatMap(oddSubnets)) : read;
}

function networkOf(entry: NetworkEntry): DockerNetwork {
  const options = entry.Options;
  return defined({
    id: entry.Id,
    name: entry.Name,
    driver: driverOf(entry.Driver),
    scope: scopeOf(entry.Scope),
    internal: entry.Internal ?? false,
    ingress: entry.Ingress ?? false,
    configOnly: entry.ConfigOnly ?? false,
    // Engines before 28 do not print the key: every network of theirs has IPv4.
    ipv4Enabled: entry.EnableIPv4 ?? true,
    ipv6Enabled: entry.EnableIPv6 ?? false,
    ipam: (entry.IPAM?.Config ?? []).flatMap((config) => ipamOf(config, entry)),
    options,
    bridge: entry.Driver === "bridge" ? bridgeOf(entry.Id, options) : undefined,
    masquerade: switchOf(options["com.docker.network.bridge.enable_ip_masquerade"], "on"),
    icc: switchOf(options["com.docker.network.bridge.enable_icc"], "on"),
    gatewayModes: {
      ipv4: gatewayModeOf(options["com.docker.network.bridge.gateway_mode_ipv4"]),
      ipv6: gatewayModeOf(options["com.docker.network.bridge.gateway_mode_ipv6"]),
    },
    inhibitIpv4: switchOf(options["com.docker.network.bridge.inhibit_ipv4"], "off"),
    // The driver looks for the key only: `--opt encrypted` gives it without a value.
    encrypted: options["encrypted"] !== undefined,
    vnis: numbersOf(options["com.docker.network.driver.overlay.vxlanid_list"]),
    mtuBytes: numbersOf(options["com.docker.network.driver.mtu"])[0],
    parent: nameIn(options["parent"]),
    configFrom: entry.ConfigFrom?.Network,
    hostAddresses: filled(
      [options["com.docker.network.host_ipv4"], options["com.docker.network.host_ipv6"]].flatMap(
        (text) => parseAddress(text ?? "") ?? [],
      ),
    ),
    bindingAddress: bindingAddressOf(options["com.docker.network.bridge.host_binding_ipv4"]),
    trustedLinks: filled(namesIn(options["com.docker.network.bridge.trusted_host_interfaces"])),
    attachments: Object.values(entry.Containers).map(attachmentOf),
    peers: entry.Peers.flatMap(({ IP }) => IP ?? []),
  });
}

function driverOf(driver: string): NetworkDriver {
  switch (driver) {
    case "bridge":
    case "overlay":
    case "macvlan":
    case "ipvlan":
    case "host":
    case "null":
      return driver;
    default:
      return "other";
  }
}

function scopeOf(scope: string | undefined): DockerNetwork["scope"] {
  return scope === "swarm" || scope === "global" ? scope : "local";
}

function ipamOf(
  config: z.infer<typeof ipamConfig>,
  { Status }: NetworkEntry,
): readonly IpamConfig[] {
  const subnet = parsePrefix(config.Subnet ?? "");
  if (subnet === undefined) return [];
  const use = Status?.IPAM?.Subnets[config.Subnet ?? ""];
  return [
    defined({
      subnet,
      gateway: config.Gateway,
      range: parsePrefix(config.IPRange ?? ""),
      auxiliaryAddresses: filled(
        Object.values(config.AuxiliaryAddresses).flatMap((address) => address ?? []),
      ),
      use:
        use === undefined ? undefined : { inUse: use.IPsInUse, available: use.DynamicIPsAvailable },
    }),
  ];
}

/** 0.0.0.0 is what every engine writes into the default network: everywhere. */
function bindingAddressOf(text: string | undefined): Address | undefined {
  const address = parseAddress(text ?? "");
  return address === "0.0.0.0" ? undefined : address;
}

function nameIn(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

/** Names with a colon between them. */
function namesIn(text: string | undefined): readonly string[] {
  return (text ?? "").split(":").filter((name) => name !== "");
}

function attachmentOf(entry: z.infer<typeof attachment>): NetworkAttachment {
  return defined({
    name: entry.Name,
    mac: entry.MacAddress?.toLowerCase(),
    addresses: [entry.IPv4Address, entry.IPv6Address].flatMap(withPrefixLength),
  });
}

/** `172.17.0.2/16`, of an attachment; nothing where it has no address of that family. */
function withPrefixLength(text: string | undefined): NetworkAttachment["addresses"] {
  const address = parseAddress((text ?? "").replace(/\/\d+$/, ""));
  const prefix = parsePrefix(text ?? "");
  if (address === undefined || prefix === undefined) return [];
  return [{ address, prefixLength: prefix.length }];
}

function oddSubnets(entry: NetworkEntry): readonly IgnoredLine[] {
  return (entry.IPAM?.Config ?? [])
    .flatMap(({ Subnet }) => Subnet ?? [])
    .filter((subnet) => parsePrefix(subnet) === undefined)
    .map((subnet) => ({ line: 1, text: subnet, reason: `no subnet of network ${entry.Name}` }));
}

/** The name of a bridge is an option, or docker0, or br- and the first 12 digits of the network's id; never guessed from the name. */
function bridgeOf(id: string, options: Options): string {
  const named = options["com.docker.network.bridge.name"];
  if (named !== undefined && named !== "") return named;
  return switchOf(options["com.docker.network.bridge.default_bridge"], "off")
    ? "docker0"
    : `br-${id.slice(0, 12)}`;
}

/** Docker reads switches with Go's strconv.ParseBool. */
function switchOf(text: string | undefined, otherwise: "on" | "off"): boolean {
  if (/^(?:1|t|T|true|TRUE|True)$/.test(text ?? "")) return true;
  if (/^(?:0|f|F|false|FALSE|False)$/.test(text ?? "")) return false;
  return otherwise === "on";
}

function gatewayModeOf(text: string | undefined): GatewayMode {
  return text === "nat-unprotected" || text === "routed" || text === "isolated" ? text : "nat";
}

function numbersOf(text: string | undefined): readonly number[] {
  return (text ?? "")
    .split(",")
    .filter((part) => /^\d+$/.test(part))
    .map(Number);
}
