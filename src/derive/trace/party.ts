import type { Container, Endpoint } from "../../model/docker.ts";
import { type Address, type Family, familyOf } from "../../model/ip.ts";
import { hostPlace } from "../path/world.ts";
import type { EndpointName } from "./endpoint.ts";
import { networkOwner, placeOfContainer, type TraceHost } from "./trace-host.ts";

/** An endpoint found on this host, or outside of it. */
export type Party =
  | {
      readonly kind: "container";
      readonly label: string;
      readonly container: Container;
      /** Absent where its namespace was not read. */
      readonly place?: string;
      /** Those of its networks that were meant. */
      readonly endpoints: readonly Endpoint[];
      /** A network, or one of its addresses, was named. */
      readonly chosen?: Address | "network";
      readonly port?: number;
    }
  | {
      readonly kind: "host";
      readonly label: string;
      readonly address?: Address;
      readonly port?: number;
    }
  | {
      readonly kind: "outside";
      readonly label: string;
      readonly address?: Address;
      readonly port?: number;
    };

export type Found<T> =
  | { readonly ok: true; readonly value: T }
  /** The names do not fit this host: what there is instead stands in the message. */
  | {
      readonly ok: false;
      readonly message: string;
      /** The names fit, but what they name was not read. */
      readonly unseen?: true;
    };

/** Looks an endpoint up among this host's containers and addresses. */
export function partyOf(host: TraceHost, name: EndpointName): Found<Party> {
  if (name.kind === "container") return containerParty(host, name);
  return { ok: true, value: partyWithoutName(host, name) };
}

/** The host, somebody outside, or whoever has an address: there is always one. */
export function partyWithoutName(
  host: TraceHost,
  name: Exclude<EndpointName, { readonly kind: "container" }>,
): Party {
  const port = name.port === undefined ? {} : { port: name.port };
  switch (name.kind) {
    case "host":
      return { kind: "host", label: labelled("host", name.port), ...port };
    case "outside": {
      const { address } = name;
      const own = address === undefined ? {} : { address };
      const label =
        address === undefined ? labelled("outside", name.port) : labelOf(address, name.port);
      return { kind: "outside", label, ...own, ...port };
    }
    case "address":
      return addressParty(host, name.address, port);
  }
}

function containerParty(
  host: TraceHost,
  name: Extract<EndpointName, { readonly kind: "container" }>,
): Found<Party> {
  const found = containerNamed(host.containers, name.name);
  if (!found.ok) return found;
  const container = found.value;
  if (container.state !== "running" && container.state !== "paused")
    return refuse(`container ${container.name} is ${container.state}: it has no network`);
  const place = placeOfContainer(host, container);
  const all = networkOwner(host, container).endpoints;
  const { network } = name;
  const endpoints =
    network === undefined
      ? all
      : all.filter(
          ({ networkName, networkId }) => networkName === network || isIdOf(network, networkId),
        );
  if (network !== undefined && endpoints.length === 0) {
    const message = `container ${container.name} is not on network "${network}"`;
    return refuse(
      `${message}\nnetworks: ${listed(all.map(({ networkName }) => networkName)) || "none"}`,
    );
  }
  const own = network === undefined ? container.name : `${container.name}@${network}`;
  return {
    ok: true,
    value: {
      kind: "container",
      label: labelled(own, name.port),
      container,
      endpoints,
      ...(place === undefined ? {} : { place }),
      ...(network === undefined ? {} : { chosen: "network" as const }),
      ...(name.port === undefined ? {} : { port: name.port }),
    },
  };
}

/** By name, by id, else by the beginning of an id that only one has. */
export function containerNamed(containers: readonly Container[], name: string): Found<Container> {
  const exact = containers.find((own) => own.name === name || own.id === name);
  if (exact !== undefined) return { ok: true, value: exact };
  const [one, ...more] = containers.filter(({ id }) => isIdOf(name, id));
  if (one !== undefined && more.length === 0) return { ok: true, value: one };
  if (one === undefined) {
    const names = listed(containers.map((own) => own.name));
    return refuse(`no container is called "${name}"\ncontainers: ${names || "none"}`);
  }
  const candidates = [one, ...more].map(({ id, name: own }) => `${own} (${id.slice(0, 12)})`);
  return refuse(`several containers have an id that begins with "${name}": ${listed(candidates)}`);
}

function isIdOf(text: string, id: string): boolean {
  return text.length >= 2 && id.startsWith(text);
}

/** An address of a container, of this host, or of nobody here. */
function addressParty(host: TraceHost, address: Address, port: { readonly port?: number }): Party {
  const label = labelOf(address, port.port);
  const own = host.links.some(({ addresses }) => addresses.some((one) => one.address === address));
  if (own) return { kind: "host", label, address, ...port };
  for (const container of host.containers) {
    const endpoints = container.endpoints.filter(({ addresses }) =>
      addresses.some((one) => one.address === address),
    );
    if (endpoints.length === 0) continue;
    const place = placeOfContainer(host, container);
    const at = place === undefined || place === hostPlace ? {} : { place };
    return { kind: "container", label, container, endpoints, ...at, chosen: address, ...port };
  }
  return { kind: "outside", label, address, ...port };
}

/** At most 20 of them, for a message. */
export function listed(names: readonly string[]): string {
  const most = 20;
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return `${names.slice(0, most).join(", ")}${more}`;
}

export function refuse(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}

function labelled(name: string, port: number | undefined): string {
  return port === undefined ? name : `${name}:${port}`;
}

function labelOf(address: Address, port: number | undefined): string {
  const isBracketed = familyOf(address) === "ipv6" && port !== undefined;
  return labelled(isBracketed ? `[${address}]` : address, port);
}

/** Addresses of one family that a container has, each with its network. */
export function addressesOf(
  party: Extract<Party, { readonly kind: "container" }>,
  family: Family,
): readonly { readonly address: Address; readonly network: string }[] {
  return party.endpoints.flatMap(({ networkName, addresses }) =>
    addresses
      .filter((own) => own.family === family)
      .filter(({ address }) => !isOther(party.chosen, address))
      .map(({ address }) => ({ address, network: networkName })),
  );
}

function isOther(chosen: Address | "network" | undefined, address: Address): boolean {
  return chosen !== undefined && chosen !== "network" && chosen !== address;
}
