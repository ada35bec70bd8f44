import type { Remedy } from "../../model/finding.ts";
import type { Element } from "../../model/packet.ts";
import { shellWord } from "../../model/query.ts";
import type { RuleOwner } from "../../model/rule-owner.ts";
import { hostPlace } from "../path/world.ts";
import { elementOwner, ownersPlace } from "../rule-owners.ts";
import { isMacvlan } from "./evidence-at.ts";
import { relationOf } from "./networks.ts";
import type { Sides } from "./sides.ts";
import { rulesetsAt, type WhyHost } from "./why-host.ts";

/** What a macvlan cannot, whoever asks. */
export const byDesign =
  "That is so by design: give the host a macvlan link of its own on the same parent, or use a bridge network between the two";

interface At {
  readonly place: string;
  readonly element: Element;
  readonly sides: Sides;
}

/** What lets the packet pass an element, in the namespace where it is. */
export function remedyFor(host: WhyHost, { place, element, sides }: At): Remedy {
  const enter = place === hostPlace ? "" : `nsenter --net=${shellWord(place)} `;
  const owner = elementOwner(element, rulesetsAt(host, place));
  switch (element.kind) {
    case "rule":
    case "nft-rule":
      return ruleRemedy(host, { element, owner, enter, sides });
    case "policy":
    case "nft-chain":
      return plainRemedy(
        "Nothing accepts the packet before the policy drops it: Docker's rules are gone, or its chains are not reached",
        ["docknet doctor"],
      );
    case "sysctl":
      return {
        summary: `Set ${element.key} so that the packet passes`,
        commands: [`${enter}sysctl -w ${shellWord(element.key)}=${passing(element.key)}`],
        persistent: [`write it to a file in /etc/sysctl.d/ that is read last`],
      };
    case "link":
      return plainRemedy(`Bring the link back`, [
        `${enter}ip link set ${shellWord(element.ifname)} up`,
      ]);
    case "no-route":
      return plainRemedy(
        place === hostPlace
          ? "Give the host a route"
          : "The container's namespace has no route there: an internal network has none by design; else Docker makes it anew at the start",
        place === hostPlace ? [] : restarts(sides),
      );
    case "no-address":
    case "port":
      return plainRemedy(
        isMacvlan(element)
          ? byDesign
          : "The container is not where its address says: Docker connects it anew when it starts",
        isMacvlan(element) ? [] : restarts(sides),
      );
    default:
      return plainRemedy("Look at what decides, and at what the host's checks say of it", [
        "docknet doctor",
      ]);
  }
}

export function plainRemedy(summary: string, commands: readonly string[]): Remedy {
  return { summary, commands, persistent: [] };
}

function restarts({ to }: Sides): readonly string[] {
  return to.kind === "container" ? [`docker restart ${to.owner.name}`] : [];
}

/** What lets a packet pass that this key stops. */
function passing(key: string): string {
  if (key.includes("rp_filter")) return "2";
  return key.includes("ignore") ? "0" : "1";
}

function ruleRemedy(
  host: WhyHost,
  so: {
    readonly element: Extract<Element, { readonly kind: "rule" | "nft-rule" }>;
    readonly owner: RuleOwner | undefined;
    readonly enter: string;
    readonly sides: Sides;
  },
): Remedy {
  const { element, owner, enter, sides } = so;
  if (owner?.kind === "docker") return dockersRule(host, sides);
  const lasting = owner === undefined ? undefined : ownersPlace(owner);
  const isTheirs =
    owner !== undefined && owner.kind !== "docker-user" && owner.kind !== "native-nftables";
  return {
    summary: isTheirs
      ? `Let ${owner.name} allow it; a rule that is taken out by hand comes back`
      : "Take the rule out, or put one before it that accepts this traffic",
    commands: isTheirs ? [] : [`${enter}${deletion(element)}`],
    persistent: lasting === undefined ? ["take it out wherever it is put in at boot"] : [lasting],
  };
}

/** Docker's own rule means it: icc=false, an internal network, a port that is not published. */
function dockersRule({ trace }: WhyHost, sides: Sides): Remedy {
  const relation = relationOf(sides);
  const closed =
    relation.kind === "shared"
      ? trace.dockerNetworks.find(({ name, icc }) => relation.networks.includes(name) && !icc)
      : undefined;
  const inside = internalOnly(trace, sides);
  if (inside !== undefined)
    return plainRemedy(
      `${inside.names} ${inside.names.includes(" and ") ? "are internal and have" : "is internal and has"} no way out by design: connect ${inside.container} to a network that is not`,
      [`docker network connect NETWORK ${inside.container}`],
    );
  if (closed !== undefined)
    return plainRemedy(
      `${closed.name} was made with enable_icc=false, so its containers do not reach each other: use another network for the two, or make it anew without the option`,
      [],
    );
  return plainRemedy(
    "Docker itself closes this way: publish the port, or connect the two by a network of their own",
    [],
  );
}

/** A container that is on internal networks only, and somebody who is on none of them. */
function internalOnly(
  { dockerNetworks }: WhyHost["trace"],
  { from, to }: Sides,
): { readonly container: string; readonly names: string } | undefined {
  const [side, ...others] = [from, to].flatMap((each) => (each.kind === "container" ? [each] : []));
  if (side === undefined || others.length > 0) return undefined;
  const ids = side.owner.endpoints.map(({ networkId }) => networkId);
  const networks = dockerNetworks.filter(({ id }) => ids.includes(id));
  if (networks.length === 0 || networks.some(({ internal }) => !internal)) return undefined;
  return { container: side.owner.name, names: networks.map(({ name }) => name).join(" and ") };
}

/** By its text where a shell takes that as it is, else by its number. */
function deletion(element: Extract<Element, { readonly kind: "rule" | "nft-rule" }>): string {
  if (element.kind === "nft-rule") {
    const { nftFamily, table, chain, handle } = element;
    const place = [nftFamily, table, chain].map(shellWord).join(" ");
    return handle === undefined
      ? `nft -a list chain ${place}`
      : `nft delete rule ${place} handle ${handle}`;
  }
  const { family, backend, table, chain, ruleNumber, text } = element;
  const program = `${family === "ipv4" ? "iptables" : "ip6tables"}${backend === "legacy" ? "-legacy" : ""}`;
  const inTable = table === "filter" ? "" : ` -t ${table}`;
  const isPlain = /^-A [\w@%+=:,./! -]+$/.test(text);
  const rule = isPlain ? text.replace(/^-A /, "") : `${shellWord(chain)} ${ruleNumber}`;
  return `${program}${inTable} -D ${rule}`;
}
