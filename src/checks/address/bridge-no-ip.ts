import { type Container, carriesIpv4Address, type DockerNetwork } from "../../model/docker.ts";
import { notApplicable, type Problem, pass } from "../../model/finding.ts";
import { type Address, contains, type Prefix, prefixText } from "../../model/ip.ts";
import type { Link } from "../../model/link.ts";
import { shellWord } from "../../model/query.ts";
import { defineCheck } from "../define-check.ts";

/** The bridge's address is the containers' gateway. */
export const bridgeNoIp = defineCheck({
  id: "bridge-no-ip",
  area: "address",
  title: "A Docker bridge does not carry its gateway address",
  passTitle: "Docker's bridges carry their gateway addresses",
  severity: "critical",
  why: "Containers send everything that is not for their own subnet to the gateway, which is the bridge's address. Without it they have no way out and published ports no way in; containers on the same bridge still reach each other. systemd-networkd, NetworkManager, dhcpcd and VM agents take the address away.",
  confirm: ["ip -4 addr show <bridge>", "docker network inspect <network> | grep Gateway"],
  remedy: {
    summary: "Give the bridge its address back",
    commands: ["ip addr add <gateway>/<length> dev <bridge>"],
    persistent: ["keep network managers off docker*, br-* and veth*"],
  },
  ignoreWhen:
    "the network is a layer 2 segment on purpose (then set com.docker.network.bridge.inhibit_ipv4)",
  references: ["https://github.com/moby/moby/issues/40217"],
  requires: ["links", "dockerNetworks", "containers", "dockerDaemon"],
  evaluate({ links, dockerNetworks, containers }) {
    const gateways = dockerNetworks
      .filter(carriesIpv4Address)
      .flatMap((network) => expectedGateways(network, containers))
      .flatMap((expected) => {
        const link = links.find(({ ifname }) => ifname === expected.network.bridge);
        return link === undefined ? [] : [{ ...expected, link }];
      });
    if (gateways.length === 0) return notApplicable("no Docker bridge has to carry an address");
    const [first, ...rest] = gateways.flatMap(problemOf);
    return first === undefined ? pass : { status: "fail", problems: [first, ...rest] };
  },
  assume: ({ subject, expected = "" }) => {
    const [address = "", length = ""] = expected.split("/");
    if (subject.kind !== "link") return [];
    return [
      { kind: "address-present", ifname: subject.name, address, prefixLength: Number(length) },
    ];
  },
});

interface Gateway {
  readonly network: DockerNetwork;
  readonly subnet: Prefix;
  /** Absent: any address of the subnet is right (some engines name no gateway before the first container). */
  readonly address: Address | undefined;
}

function expectedGateways(
  network: DockerNetwork,
  containers: readonly Container[],
): readonly Gateway[] {
  return network.ipam
    .filter(({ subnet }) => subnet.family === "ipv4")
    .map(({ subnet, gateway }) => ({
      network,
      subnet,
      address: gateway ?? gatewayOfContainers(network, subnet, containers),
    }));
}

function gatewayOfContainers(
  network: DockerNetwork,
  subnet: Prefix,
  containers: readonly Container[],
): Address | undefined {
  return containers
    .flatMap(({ endpoints }) => endpoints)
    .filter(({ networkId }) => networkId === network.id)
    .flatMap(({ addresses }) => addresses.flatMap(({ gateway }) => gateway ?? []))
    .find((gateway) => contains(subnet, gateway));
}

function problemOf({
  network,
  subnet,
  address,
  link,
}: Gateway & { readonly link: Link }): readonly Problem[] {
  const own = link.addresses.filter(({ family }) => family === "ipv4");
  const right = own.some((candidate) =>
    address === undefined
      ? contains(subnet, candidate.address)
      : candidate.address === address && candidate.prefixLength === subnet.length,
  );
  if (right) return [];
  const { ifname } = link;
  const seen = own.map((candidate) => `${candidate.address}/${candidate.prefixLength}`).join(", ");
  const inUse = network.attachments.length > 0;
  const expected = `${address ?? firstHost(subnet)}/${subnet.length}`;
  return [
    {
      subject: { kind: "link", name: ifname },
      message: `bridge ${ifname} (network ${network.name}) lacks ${expected}, the gateway of ${prefixText(subnet)}`,
      observed: seen === "" ? "no IPv4 address" : seen,
      expected,
      ...(inUse ? {} : { severity: "warning" as const }),
      evidence: [
        {
          source: { kind: "command", argv: ["ip", "-4", "addr", "show", ifname] },
          text: seen === "" ? `${ifname} has no inet line` : `inet ${seen}`,
        },
      ],
      remedy: {
        summary: `Give ${ifname} its gateway address back`,
        commands: [`ip addr add ${expected} dev ${shellWord(ifname)}`],
        persistent: [
          `keep systemd-networkd, NetworkManager and dhcpcd off ${ifname} (Unmanaged=yes, unmanaged-devices, denyinterfaces)`,
        ],
      },
    },
  ];
}

/** Docker takes the first host of the subnet when nobody says otherwise. */
function firstHost(subnet: Prefix): Address {
  return subnet.address.replace(/\d+$/, (last) => String(Number(last) + 1));
}
