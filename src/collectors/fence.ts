import type { HostPort } from "../host/port.ts";
import type { Container } from "../model/docker.ts";
import { contains, parsePrefix } from "../model/ip.ts";
import type { HostQuery } from "../model/query.ts";
import { parseContainerIdentities } from "../parsers/docker-containers.ts";

/** What docknet compares before and after a look, to see whether the host moved in between. */
export interface Fence {
  /** Container id → name and what changes when it starts, stops or restarts; undefined where Docker did not answer. */
  readonly containers: ReadonlyMap<string, ContainerIdentity> | undefined;
  /** iptables rules of all backends without counters, sorted; undefined where they could not be read. */
  readonly rules: ReadonlySet<string> | undefined;
  /** The Docker socket took the question and gave no answer in time. */
  readonly dockerHangs: boolean;
}

export interface ContainerIdentity {
  readonly name: string;
  /** State and endpoint ids. */
  readonly identity: string;
  readonly addresses: readonly string[];
}

export interface Moved {
  readonly calm: boolean;
  /** Names of containers that came, went or restarted, and of those that restart again and again. */
  readonly containers: readonly string[];
  /** Why the rulesets cannot be judged: they changed in more than what belongs to those containers. */
  readonly rules: string | undefined;
}

const containersQuery: HostQuery = { kind: "docker", path: "/containers/json?all=1" };
const nftSaves: readonly HostQuery[] = [
  { kind: "command", argv: ["iptables-nft-save", "-c"] },
  { kind: "command", argv: ["ip6tables-nft-save", "-c"] },
];
const legacyNames: HostQuery = { kind: "file", path: "/proc/net/ip_tables_names" };
const legacySave: HostQuery = { kind: "command", argv: ["iptables-legacy-save", "-c"] };

export async function readFence(host: HostPort): Promise<Fence> {
  const names = await host.observe(legacyNames);
  // Asking iptables-legacy about a host without legacy tables would create them.
  const saveQueries = names.ok && names.text.trim() !== "" ? [...nftSaves, legacySave] : nftSaves;
  const [containers, ...saves] = await Promise.all([
    host.observe(containersQuery),
    ...saveQueries.map((query) => host.observe(query)),
  ]);
  const listed = containers.ok ? parseContainerIdentities(containers.text) : undefined;
  const texts = saves.flatMap((save) => (save.ok ? [save.text] : []));
  return {
    containers: listed?.ok === true ? listed.value : undefined,
    rules: texts.length === 0 ? undefined : new Set(texts.flatMap(ruleLines)),
    dockerHangs: !containers.ok && containers.failure.kind === "timed-out",
  };
}

/** What was read after the first fence. */
export interface Later {
  /** In the order of time. */
  readonly fences: readonly Fence[];
  /** As the collectors saw each in between. */
  readonly inspected?: readonly Container[];
}

/** Compares a fence with what came after it. Rules that carry the address of a container that moved belong to its motion. */
export function whatMoved(before: Fence, { fences, inspected = [] }: Later): Moved {
  const moved = [
    ...fences.flatMap((after) => movedContainers(before, after)),
    // One that ended before the look and ended again before its end looks as if it had stood still.
    ...inspected.filter((container) => wasElsewhere(before, container)).map(({ name }) => name),
  ];
  const all = [before, ...fences];
  const containers = [...new Set([...moved, ...restartingContainers(all)])].sort();
  const changed = fences.flatMap((after) => changedRules(before.rules, after.rules));
  const stayed = stayedAddresses(before, fences);
  // Where no container moved, a rule with a private address is somebody else's: a ban, a subnet behind a tunnel.
  const foreign = changed.filter(
    (rule) => containers.length === 0 || !isOneContainersRule(rule, stayed),
  );
  const calm = moved.length === 0 && changed.length === 0;
  if (foreign.length === 0) return { calm, containers, rules: undefined };
  const sample = foreign[0] ?? "";
  return {
    calm,
    containers,
    rules: `the firewall changed each time that docknet looked (such as \`${sample}\`); run docknet again when it is at rest`,
  };
}

function movedContainers(before: Fence, after: Fence): readonly string[] {
  if (before.containers === undefined || after.containers === undefined) return [];
  const names: string[] = [];
  for (const [id, { name, identity }] of before.containers) {
    if (after.containers.get(id)?.identity !== identity) names.push(name);
  }
  for (const [id, { name }] of after.containers) {
    if (!before.containers.has(id)) names.push(name);
  }
  return names;
}

/** In another state than the list has it, or with an endpoint that the list has not. */
function wasElsewhere({ containers }: Fence, { id, state, endpoints }: Container): boolean {
  const [listedState, ...listed] = containers?.get(id)?.identity.split(" ") ?? [];
  if (listedState === undefined) return false;
  if (listedState !== state) return true;
  // An engine whose list tells no endpoint ids cannot be compared.
  if (listed.every((endpointId) => endpointId === "")) return false;
  return endpoints.some(
    ({ endpointId }) => endpointId !== undefined && !listed.includes(endpointId),
  );
}

/** Those that wait for their next start: they can come and go between two readings that are equal. */
function restartingContainers(fences: readonly Fence[]): readonly string[] {
  return fences
    .flatMap(({ containers }) => [...(containers?.values() ?? [])])
    .filter(({ identity }) => identity.startsWith("restarting"))
    .map(({ name }) => name);
}

function stayedAddresses(before: Fence, fences: readonly Fence[]): ReadonlySet<string> {
  const stayed = [...(before.containers ?? [])].filter(([id, { identity }]) =>
    fences.every(({ containers }) => containers?.get(id)?.identity === identity),
  );
  return new Set(stayed.flatMap(([, { addresses }]) => addresses));
}

function changedRules(
  before: ReadonlySet<string> | undefined,
  after: ReadonlySet<string> | undefined,
): readonly string[] {
  if (before === undefined || after === undefined) return [];
  const gone = [...before].filter((rule) => !after.has(rule));
  const come = [...after].filter((rule) => !before.has(rule));
  return [...gone, ...come];
}

/** `-d 172.17.0.5/32 …` or `--to-destination 172.17.0.5:80`, and not the address of a container that stayed. */
function isOneContainersRule(rule: string, stayed: ReadonlySet<string>): boolean {
  const named = [
    ...rule.matchAll(
      / (?:-d|-s|--to-destination) (\[?[0-9a-fA-F.:]+?\]?)(?:\/(?:32|128)|:\d+)?(?= |$)/g,
    ),
  ]
    .map((match) => (match[1] ?? "").replace(/^\[|\]$/g, ""))
    .filter((address) => isContainerAddress(address));
  return named.length > 0 && named.every((address) => !stayed.has(address));
}

/** Private ranges that Docker draws its networks from by default, and every unique local IPv6 address. */
function isContainerAddress(address: string): boolean {
  return ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"].some((text) => {
    const prefix = parsePrefix(text);
    return prefix !== undefined && contains(prefix, address);
  });
}

/** Rules and policies of a dump, without counters, comments and dates. */
function ruleLines(text: string): readonly string[] {
  let table = "";
  return text.split("\n").flatMap((line) => {
    if (line.startsWith("*")) {
      table = line;
      return [];
    }
    if (line.startsWith(":")) return [`${table} ${line.replace(/ \[\d+:\d+\]$/, "")}`];
    const rule = line.replace(/^\[\d+:\d+\] /, "");
    return rule.startsWith("-A") ? [`${table} ${rule}`] : [];
  });
}
