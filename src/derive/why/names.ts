import type { Container } from "../../model/docker.ts";
import type { Evidence } from "../../model/finding.ts";
import type { HostQuery } from "../../model/query.ts";
import type { ResolverConfig } from "../../model/resolver.ts";
import type { WhyFinding } from "../../model/why/why-report.ts";
import { listed } from "../trace/party.ts";
import { embeddedDns, lookAtEmbeddedDns } from "./embedded-dns.ts";
import { type Look, together } from "./look.ts";
import { isOnHost, relationOf } from "./networks.ts";
import type { ContainerSide, Sides } from "./sides.ts";
import { inspected, sandboxOf, type WhyHost } from "./why-host.ts";

/** Whether the name leads to the one who is meant, for the one who asks. */
export function lookAtNames(
  host: WhyHost,
  sides: Sides,
  so: { readonly isReached: boolean },
): Look {
  const { from, to } = sides;
  if (from.kind !== "container" || to.kind !== "container") return notDocker(sides);
  if (to.named === undefined)
    return seen(`${to.label} was asked for by its address: no name has to resolve`);
  const { kind } = relationOf(sides);
  if (kind === "none") return {};
  if (kind === "apart" && !so.isReached)
    return seen(`${to.named} resolves in ${from.container.name} once a network holds both`);
  const inHosts = linkedName(from, to, to.named);
  if (inHosts !== undefined) return seen(inHosts);
  const missing = missingName(sides, { from, to, named: to.named });
  const resolver = resolverOf(host, from);
  const unread = resolver === undefined ? [unreadResolver(host, from)] : [];
  // Whoever has hosts of his own may have put the name there.
  const mayBeInHosts = extraHosts(from) > 0;
  if (missing !== undefined) {
    const finding = mayBeInHosts ? withHosts(missing, from) : missing;
    return together([...unread, mayBeInHosts ? { suspects: [finding] } : { causes: [finding] }]);
  }
  if (resolver === undefined) return together(unread);
  const first = resolver.value.nameservers[0];
  if (first === embeddedDns)
    return together([
      seen(
        `${from.container.name} asks the embedded DNS (${embeddedDns}) for names, which knows ${to.named}`,
      ),
      lookAtEmbeddedDns(host, from, { named: to.named, mayBeInHosts }),
      ofSeveral(host, { from, to, named: to.named }),
    ]);
  const finding = notAsked({ from, to, named: to.named }, resolver);
  return mayBeInHosts ? { suspects: [withHosts(finding, from)] } : { causes: [finding] };
}

function extraHosts({ owner }: Pick<ContainerSide, "owner">): number {
  return owner.settings?.extraHosts ?? 0;
}

function seen(text: string): Look {
  return { seen: [{ topic: "name", text }] };
}

/** Only containers ask Docker for names. */
function notDocker({ from, to }: Sides): Look {
  if (from.kind === "host" && to.kind === "container" && to.named !== undefined)
    return seen("the host itself knows no names of containers: it was followed by address");
  return {};
}

interface Named {
  readonly from: ContainerSide;
  readonly to: ContainerSide;
  readonly named: string;
}

/** `--link` writes /etc/hosts on the default bridge. */
function linkedName(from: ContainerSide, to: ContainerSide, named: string): string | undefined {
  const link = (from.owner.settings?.links ?? []).find(
    ({ alias, container }) =>
      (alias === named || container === named) &&
      (container === to.container.name || to.container.id.startsWith(container)),
  );
  return link === undefined
    ? undefined
    : `${from.container.name} has ${named} in its /etc/hosts, by --link`;
}

/** Why Docker has no such name for the one who asks; undefined where it has. */
function missingName(sides: Sides, { from, to, named }: Named): WhyFinding | undefined {
  const [a, b] = [from.container.name, to.container.name];
  const relation = relationOf(sides);
  if (relation.kind === "one-namespace") {
    if (isNameOf(to.owner, from.owner, named)) return undefined;
    return unknownName(
      { from, to },
      {
        message: `${a} and ${b} share one network namespace, in which Docker knows no ${named}: ${a} reaches ${b} at 127.0.0.1`,
        remedy: `Let ${a} use 127.0.0.1 in place of ${named}`,
      },
    );
  }
  if (isOnHost(from.owner))
    return unknownName(
      { from, to },
      {
        message: `${a} uses the host's network and the host's resolver, which knows no names of containers such as ${named}`,
        remedy: `Let ${a} use a published port of the host (host:PORT), or give ${a} a network that ${b} is on`,
      },
    );
  if (isOnHost(to.owner))
    return unknownName(
      { from, to },
      {
        message: `${b} uses the host's network: Docker gives it no name, so ${named} does not resolve in ${a}`,
        remedy: `Let ${a} use an address of the host, or host.docker.internal with --add-host host.docker.internal:host-gateway`,
      },
    );
  if (to.owner.id !== to.container.id && !isNameOf(to.owner, from.owner, named))
    return unknownName(
      { from, to },
      {
        kind: "name-of-another",
        message: `${b} uses the network of ${to.owner.name}: Docker knows it by that name only, and ${named} does not resolve in ${a}`,
        remedy: `Let ${a} ask for ${to.owner.name}, or give ${to.owner.name} the alias ${named}`,
      },
    );
  if (isNameOf(to.owner, from.owner, named)) return undefined;
  if (sharesUserNetwork(from.owner, to.owner))
    return unknownName(
      { from, to },
      {
        message: `on the networks that ${a} shares with ${b}, ${b} is not called ${named}`,
        remedy: `Let ${a} ask for ${b}, or give ${b} the alias ${named} there`,
      },
    );
  if (relation.kind === "apart")
    return unknownName(
      { from, to },
      {
        message: `packets pass, but no network holds both ${a} and ${b}: ${named} does not resolve in ${a}`,
        remedy: `Connect both to one network, or let ${a} use the address of ${b}`,
      },
    );
  return unknownName(
    { from, to },
    {
      message: `${a} and ${b} share the default bridge only, where Docker resolves no names: ${named} does not resolve in ${a}`,
      remedy: "Put both on a network of their own, where names resolve",
      commands: [
        "docker network create together",
        `docker network connect together ${from.owner.name}`,
        `docker network connect together ${to.owner.name}`,
      ],
    },
  );
}

function unknownName(
  { from, to }: Pick<Named, "from" | "to">,
  so: {
    readonly kind?: "name-of-another";
    readonly message: string;
    readonly remedy: string;
    readonly commands?: readonly string[];
  },
): WhyFinding {
  const evidence = [from, to].map(({ container }) => namesEvidence(container));
  return {
    kind: so.kind ?? "name-not-known",
    topic: "name",
    message: so.message,
    evidence,
    remedy: { summary: so.remedy, commands: so.commands ?? [], persistent: [] },
  };
}

function namesEvidence(container: Container): Evidence {
  const networks = container.endpoints.map(
    ({ networkName, names = [] }) =>
      `${networkName}, called ${[container.name, ...names].join(", ")}`,
  );
  const text = networks.join("; ") || `network mode ${container.networkMode}`;
  return inspected(container, "{{json .NetworkSettings.Networks}}", text);
}

/** Two that are called the same: the embedded DNS gives the addresses of both. */
function ofSeveral({ trace }: WhyHost, { from, to, named }: Named): Look {
  const others = trace.containers.filter(
    (own) => own.id !== to.owner.id && own.state === "running" && isNameOf(own, from.owner, named),
  );
  if (others.length === 0) return {};
  const names = listed(others.map(({ name }) => name));
  return {
    suspects: [
      {
        kind: "name-of-several",
        topic: "name",
        message: `${named} is a name of ${names} too: the embedded DNS gives the addresses of all, and a connection may go to another than ${to.owner.name}`,
        evidence: [to.owner, ...others].map(namesEvidence),
        remedy: {
          summary: `Give each a name of its own, and let ${from.container.name} ask for that`,
          commands: [],
          persistent: [],
        },
      },
    ],
  };
}

function sharesUserNetwork(one: Container, other: Container): boolean {
  const ids = new Set(other.endpoints.map(({ networkId }) => networkId));
  return one.endpoints.some(
    ({ networkId, networkName }) => networkName !== "bridge" && ids.has(networkId),
  );
}

/** The embedded DNS knows a container by its name, its aliases and its short id, for whoever shares the network. */
function isNameOf(target: Container, asking: Container, named: string): boolean {
  const ids = new Set(asking.endpoints.map(({ networkId }) => networkId));
  const isLinked = asking.endpoints.some(({ links = [] }) =>
    links.some(({ alias, container }) => alias === named && container === target.name),
  );
  return (
    isLinked ||
    target.endpoints.some(
      ({ networkId, networkName, names = [] }) =>
        networkName !== "bridge" &&
        ids.has(networkId) &&
        (target.name === named || target.id.slice(0, 12) === named || names.includes(named)),
    )
  );
}

/** What a resolv.conf of a container says, and where it stands. */
export interface Resolver {
  readonly value: ResolverConfig;
  readonly source: HostQuery;
}

export function resolverOf(
  host: WhyHost,
  { container, owner }: ContainerSide,
): Resolver | undefined {
  const part = sandboxOf(host, container)?.parts.resolver;
  const path = container.resolvConfPath ?? owner.resolvConfPath;
  if (part?.state !== "known") return undefined;
  const source: HostQuery = isRooted(path)
    ? { kind: "file", path }
    : { kind: "command", argv: ["docker", "exec", container.name, "cat", "/etc/resolv.conf"] };
  return { value: part.value, source };
}

function isRooted(path: string | undefined): path is `/${string}` {
  return path?.startsWith("/") === true;
}

function unreadResolver(host: WhyHost, { container, owner }: ContainerSide): Look {
  if (isOnHost(owner)) return {};
  const part = sandboxOf(host, container)?.parts.resolver;
  const unread = part?.state === "unknown" ? part.failure.message : "its namespace was not read";
  const why = part?.state === "absent" ? part.reason : unread;
  const text = `which resolver ${container.name} uses: ${why}`;
  return { unknown: [{ topic: "name", text, isNeeded: true }] };
}

function notAsked({ from, to, named }: Named, { value, source }: Resolver): WhyFinding {
  const [a, b] = [from.container.name, to.container.name];
  const servers = value.nameservers;
  const asks = servers.length === 0 ? "names no server" : `names ${servers.join(", ")}`;
  return {
    kind: "dns-not-asked",
    topic: "name",
    message: `the resolv.conf of ${a} ${asks} and not the embedded DNS ${embeddedDns}: nobody there knows ${named}`,
    evidence: [
      {
        source,
        text: servers.map((server) => `nameserver ${server}`).join(" ") || "(no nameserver)",
      },
    ],
    remedy: {
      summary: `Let Docker write the file: no resolv.conf of one's own in the container; servers of one's own belong into --dns, which the embedded DNS then asks. After that ${b} resolves`,
      commands: [`docker restart ${a}`],
      persistent: [],
    },
  };
}

/** /etc/hosts is not read. */
function withHosts(finding: WhyFinding, { container, owner }: ContainerSide): WhyFinding {
  const count = extraHosts({ owner });
  const argv = ["docker", "inspect", "-f", "{{.HostConfig.ExtraHosts}}", owner.name] as const;
  return {
    ...finding,
    message: `${finding.message}, unless its /etc/hosts says it: ${container.name} was started with ${count} extra hosts`,
    evidence: [
      ...finding.evidence,
      { source: { kind: "command", argv }, text: `${count} entries` },
    ],
  };
}
