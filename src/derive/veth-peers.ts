import type { Link } from "../model/link.ts";
import type { Sandbox } from "../model/sandbox.ts";

/** Both ends of a veth pair, one on the host and one in a namespace of Docker. */
export interface VethPair {
  /** Name of the end on the host. */
  readonly hostLink: string;
  /** `path` of the namespace with the other end. */
  readonly sandbox: string;
  /** Name of the end in there. */
  readonly inner: string;
}

/**
 * Which link of the host is the other end of which link in a namespace. Each end tells the index of the other and the number of the
 * other's namespace as its own namespace counts (IFLA_LINK, IFLA_LINK_NETNSID). Indexes repeat from namespace to namespace, so a pair
 * counts only if each end names the other, and all pairs of one namespace agree on its number; what is not certain is left out.
 */
export function vethPeers(
  hostLinks: readonly Link[],
  sandboxes: readonly Sandbox[],
): readonly VethPair[] {
  const candidates = sandboxes.flatMap((sandbox) => candidatesOf(hostLinks, sandbox));
  return candidates
    .filter((one) => !candidates.some((other) => isRival(one, other)))
    .map(({ host, sandbox, inner }) => ({
      hostLink: host.ifname,
      sandbox,
      inner: inner.ifname,
    }));
}

/** Both ends of a veth pair, in two namespaces of Docker: an overlay network's and that of a container on it. */
export interface InnerVethPair {
  readonly one: InnerEnd;
  readonly other: InnerEnd;
}

export interface InnerEnd {
  readonly sandbox: string;
  readonly ifname: string;
}

/** Pairs that the host has no end of. Each end names the other's index, and no other link could be meant. */
export function innerVethPeers(sandboxes: readonly Sandbox[]): readonly InnerVethPair[] {
  const ends = sandboxes.flatMap(({ path, role, parts }) =>
    parts.links.state === "known"
      ? parts.links.value.filter(isAway).map((link) => ({ path, role, link }))
      : [],
  );
  const candidates = ends
    .filter(({ role }) => role === "overlay")
    .flatMap((one) =>
      ends
        .filter(
          ({ role, link }) => role !== "overlay" && names(one.link, link) && names(link, one.link),
        )
        .map((other) => ({ one, other })),
    );
  const isAlone = (pair: (typeof candidates)[number]) =>
    candidates.filter(({ one, other }) => one === pair.one || other === pair.other).length === 1;
  return candidates.filter(isAlone).map(({ one, other }) => ({
    one: { sandbox: one.path, ifname: one.link.ifname },
    other: { sandbox: other.path, ifname: other.link.ifname },
  }));
}

interface Candidate {
  readonly host: Link;
  readonly sandbox: string;
  readonly inner: Link;
}

function candidatesOf(hostLinks: readonly Link[], { path, parts }: Sandbox): readonly Candidate[] {
  if (parts.links.state !== "known") return [];
  const inners = parts.links.value.filter(isAway);
  const mutual = inners.flatMap((inner) =>
    hostLinks
      .filter((host) => isAway(host) && names(host, inner) && names(inner, host))
      .map((host) => ({ host, sandbox: path, inner })),
  );
  // All links of a namespace stand under one number on the host: the one under which most of them are found.
  const byNumber = Map.groupBy(mutual, ({ host }) => host.peerNetnsId);
  const most = Math.max(0, ...[...byNumber.values()].map(({ length }) => length));
  const [best, tied] = [...byNumber.values()].filter(({ length }) => length === most);
  return best === undefined || tied !== undefined ? [] : best;
}

function isAway(link: Link): boolean {
  return link.linkKind === "veth" && link.peerNetnsId !== undefined;
}

function names(one: Link, other: Link): boolean {
  return one.peerIfindex === other.ifindex;
}

/** Two that cannot both be true: the same end in two pairs. */
function isRival(one: Candidate, other: Candidate): boolean {
  if (one === other) return false;
  const sameHost = one.host.ifindex === other.host.ifindex;
  const sameInner = one.sandbox === other.sandbox && one.inner.ifindex === other.inner.ifindex;
  return sameHost || sameInner;
}
