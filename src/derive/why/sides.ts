import type { Container } from "../../model/docker.ts";
import type { EndpointName } from "../trace/endpoint.ts";
import { containerNamed, type Found, listed, partyWithoutName, refuse } from "../trace/party.ts";
import { networkOwner, type TraceHost } from "../trace/trace-host.ts";
import type { WhyAsked } from "./sentence.ts";

/** A container that takes part. */
export interface ContainerSide {
  readonly kind: "container";
  readonly container: Container;
  /** Whose networks it uses: its own, or X with `--network container:X`. */
  readonly owner: Container;
  /** The word that stood for it; absent where its address was given, which nobody has to resolve. */
  readonly named?: string;
  /** For a trace: by the container's own name. */
  readonly endpoint: EndpointName;
  /** As a sentence shows it, with the port. */
  readonly label: string;
}

export type Side =
  | ContainerSide
  | {
      readonly kind: "host" | "outside";
      readonly endpoint: EndpointName;
      readonly label: string;
      /** An address was given. */
      readonly isAddress: boolean;
    };

export interface Sides {
  readonly from: Side;
  readonly to: Side;
}

/** Both ends on this host; the candidates where a name fits none or several. */
export function sidesOf(host: TraceHost, { from, to }: WhyAsked): Found<Sides> {
  const sender = sideOf(host, from);
  if (!sender.ok) return sender;
  const near = sender.value.kind === "container" ? sender.value.owner : undefined;
  const target = sideOf(host, to, near);
  return target.ok ? { ok: true, value: { from: sender.value, to: target.value } } : target;
}

/** `near` = whose networks come first where several containers have an alias. */
function sideOf(host: TraceHost, endpoint: EndpointName, near?: Container): Found<Side> {
  if (endpoint.kind === "container") {
    const found = byAnyName(host, endpoint.name, near);
    if (!found.ok) return found;
    const container = found.value;
    const side = containerSide(host, container, { ...endpoint, name: container.name });
    return { ok: true, value: { ...side, named: nameFor(container, endpoint.name) } };
  }
  const party = partyWithoutName(host, endpoint);
  const { label } = party;
  if (party.kind === "container")
    return { ok: true, value: { ...containerSide(host, party.container, endpoint), label } };
  const isAddress = party.address !== undefined;
  return { ok: true, value: { kind: party.kind, label, endpoint, isAddress } };
}

/** Nobody resolves an id, or the beginning of one, but for the short one. */
function nameFor({ id, name }: Container, word: string): string {
  return id.startsWith(word) && word.length !== 12 ? name : word;
}

function containerSide(
  host: TraceHost,
  container: Container,
  endpoint: EndpointName,
): ContainerSide {
  const { port } = endpoint;
  const network =
    endpoint.kind === "container" && endpoint.network !== undefined ? `@${endpoint.network}` : "";
  const label = `${container.name}${network}${port === undefined ? "" : `:${port}`}`;
  return { kind: "container", container, owner: networkOwner(host, container), endpoint, label };
}

/** By name or id, by a name that the embedded DNS has for it, or by the beginning of its id. */
function byAnyName(host: TraceHost, name: string, near: Container | undefined): Found<Container> {
  const { containers } = host;
  const exact = containers.find((own) => own.name === name || own.id === name);
  if (exact !== undefined) return { ok: true, value: exact };
  const linked = near === undefined ? undefined : linkedAs(host, near, name);
  if (linked !== undefined) return { ok: true, value: linked };
  const aliased = containers.filter(({ endpoints }) =>
    endpoints.some(({ names = [] }) => names.includes(name)),
  );
  const shared = aliased.filter((own) => sharesNetwork(own, near));
  const candidates = shared.length > 0 ? shared : aliased;
  const [one, ...more] = candidates;
  if (one === undefined) return containerNamed(containers, name);
  if (more.length === 0) return { ok: true, value: one };
  const names = listed(candidates.map((own) => own.name));
  return refuse(`several containers are called "${name}" on their networks: ${names}`);
}

/** `--link db:database`: only this container calls it so. */
function linkedAs(host: TraceHost, from: Container, name: string): Container | undefined {
  const links = [
    ...(from.settings?.links ?? []),
    ...from.endpoints.flatMap((endpoint) => endpoint.links ?? []),
  ];
  const link = links.find(({ alias }) => alias === name);
  if (link === undefined) return undefined;
  const found = containerNamed(host.containers, link.container);
  return found.ok ? found.value : undefined;
}

/** Whether an alias is one on a network of the other. */
function sharesNetwork(one: Container, other: Container | undefined): boolean {
  const ids = (other?.endpoints ?? []).map(({ networkId }) => networkId);
  return one.endpoints.some(({ networkId }) => ids.includes(networkId));
}
