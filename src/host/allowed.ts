import type { HostQuery } from "../model/query.ts";
import { hostBatches } from "../model/routing/host-batches.ts";
import { sandboxBatch } from "../model/sandbox.ts";
import { cmdlineFile, optionsFile } from "./strip-daemon-options.ts";

/** Whether docknet may ask a question, and if not, why. */
export type Allowance =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: string };

/**
 * The closed list of what docknet asks a host. Everything here only reads, and everything else is refused: the read-only promise
 * is this file. No word of a query reaches a shell, and a word that varies must match a pattern that cannot start an option.
 */
export function allowance(query: HostQuery): Allowance {
  switch (query.kind) {
    case "command":
      return commandAllowance(query);
    case "file":
      return fileAllowance(query.path, query.netns);
    case "directory":
      return isPlainPath(query.path) && query.path.endsWith("/netns")
        ? allowed
        : refusedBecause(`directory "${query.path}" is not one of network namespaces`);
    case "docker":
      return dockerPaths.some((shape) => shape.test(query.path))
        ? allowed
        : refusedBecause(`Docker API path "${query.path}" is not on the list of read-only ones`);
    case "system":
      return query.topic === "memory" ? allowed : refusedBecause("unknown system topic");
    default:
      return refusedBecause("unknown kind of question");
  }
}

/** Whether docknet may ask the question at all. */
export function isAllowed(query: HostQuery): boolean {
  return allowance(query).allowed;
}

/** Commands that may also run inside another network namespace. Words are separated by one space and none holds a space. */
export const netnsCommands = [
  "ip -j -d addr",
  "ip -j route show table all",
  "ip -j -6 route show table all",
  "ip -j rule",
  "ip -j -6 rule",
  "ip -j neigh",
  "ip -j netconf",
  "ip -j netns list",
  "bridge -j -d link",
  "bridge -j fdb",
  "iptables-nft-save -c",
  "ip6tables-nft-save -c",
  "iptables-legacy-save -c",
  "ip6tables-legacy-save -c",
  "iptables-save -c",
  "ip6tables-save -c",
  "iptables-save --version",
  "nft -j list chains",
  "nft -j list ruleset",
  "ipset save",
  "ss -lntuHp",
] as const;

/** Commands that read their questions from standard input, each with the only text that it may get there. */
export const batchCommands: readonly { readonly line: string; readonly stdin: string }[] = [
  ...[sandboxBatch, ...hostBatches].map(({ argv, stdin }) => ({ line: argv.join(" "), stdin })),
];

/** Files below /proc/PID/net, as the process with this id sees its network namespace: no capability is needed for most. */
const processNetFile =
  /^\/proc\/[1-9][0-9]*\/net\/(?:dev|route|fib_trie|if_inet6|ipv6_route|arp|udp6?|tcp6?|sockstat6?|ip6?_tables_names)$/;

/** resolv.conf of a container, below Docker's data root. */
export const containerResolvConf = /\/containers\/[0-9a-f]{64}\/resolv\.conf$/;

/** Which tables of iptables-legacy a network namespace has, for one in which no process lives. */
const legacyTableNames: ReadonlySet<string> = new Set([
  "/proc/net/ip_tables_names",
  "/proc/net/ip6_tables_names",
]);

/** Commands of the host's own namespace only; beside them stands `sysctl -e KEY…`. */
export const hostCommands = [
  "brctl show",
  "bridge -j vlan",
  "conntrack -S",
  "ip -j route get 1.1.1.1",
  "ip -j -6 route get 2606:4700:4700::1111",
] as const;

const allowed: Allowance = { allowed: true };

const fixedFiles: ReadonlySet<string> = new Set([
  "/proc/net/ip_tables_names",
  "/proc/net/ip6_tables_names",
  "/proc/net/dev",
  "/proc/net/snmp",
  "/proc/net/snmp6",
  "/proc/net/netstat",
  "/proc/net/softnet_stat",
  "/proc/net/stat/nf_conntrack",
  "/proc/net/stat/arp_cache",
  "/proc/net/stat/ndisc_cache",
  "/proc/sys/kernel/hostname",
  "/proc/sys/kernel/osrelease",
  "/etc/os-release",
  "/var/run/docker.pid",
  "/run/snap.docker/docker.pid",
]);

const dockerId = "[a-zA-Z0-9][a-zA-Z0-9_.-]*";
const dockerPaths: readonly RegExp[] = [
  /^\/version$/,
  /^\/info$/,
  /^\/networks$/,
  new RegExp(`^/networks/${dockerId}$`),
  /^\/containers\/json\?all=1$/,
  new RegExp(`^/containers/${dockerId}/json$`),
  /^\/nodes$/,
  /^\/services$/,
  /^\/tasks$/,
];

// In a dotted key sysctl(8) turns "/" into ".": two of them in a row would climb out of /proc/sys.
const sysctlKey = /^(net|kernel)(\.[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*)+$/;
const procNetns = /^\/proc\/[1-9][0-9]*\/ns\/net$/;
const netnsFile = /\/netns\/[^/]+$/;
const plainPath = /^(\/[A-Za-z0-9_.:@+-]+)+$/;

function commandAllowance({
  argv,
  netns,
  stdin,
}: Extract<HostQuery, { readonly kind: "command" }>): Allowance {
  if (argv.some((word) => /\s/.test(word) || word === "")) {
    return refusedBecause(`"${argv.join(" ")}" has a word that is empty or holds white space`);
  }
  const line = argv.join(" ");
  const known =
    stdin === undefined
      ? netnsCommands.some((command) => command === line)
      : batchCommands.some((batch) => batch.line === line && batch.stdin === stdin);
  if (stdin !== undefined && !known) return refusedBecause(`"${line}" may not read this text`);
  if (netns !== undefined) {
    if (!known) return refusedBecause(`"${line}" may not run inside another network namespace`);
    return isNetnsPath(netns)
      ? allowed
      : refusedBecause(`"${netns}" is not the path of a network namespace`);
  }
  if (known || hostCommands.some((command) => command === line) || isSysctlRead(argv)) {
    return allowed;
  }
  return refusedBecause(`"${line}" is not on the list of read-only commands`);
}

function fileAllowance(path: string, netns: string | undefined): Allowance {
  const isSetting = isPlainPath(path) && path.startsWith("/proc/sys/net/");
  const isOfContainer =
    processNetFile.test(path) || (isPlainPath(path) && containerResolvConf.test(path));
  // Without what may be secret in them: see strip-daemon-options.ts.
  const isOfDaemon = cmdlineFile.test(path) || optionsFile.test(path);
  if (!fixedFiles.has(path) && !isSetting && !isOfDaemon && !isOfContainer) {
    return refusedBecause(`file "${path}" is not on the list of files that docknet reads`);
  }
  if (netns === undefined) return allowed;
  if (!isSetting && !legacyTableNames.has(path)) {
    return refusedBecause(`file "${path}" is not read inside another network namespace`);
  }
  return isNetnsPath(netns)
    ? allowed
    : refusedBecause(`"${netns}" is not the path of a network namespace`);
}

function isSysctlRead(argv: readonly string[]): boolean {
  const [program, option, ...keys] = argv;
  return (
    program === "sysctl" &&
    option === "-e" &&
    keys.length > 0 &&
    keys.every((key) => sysctlKey.test(key))
  );
}

function isNetnsPath(path: string): boolean {
  return isPlainPath(path) && (procNetns.test(path) || netnsFile.test(path));
}

/** An absolute path without anything that climbs or means something to another program. */
function isPlainPath(path: string): boolean {
  return plainPath.test(path) && !path.split("/").some((part) => part === "." || part === "..");
}

function refusedBecause(reason: string): Allowance {
  return { allowed: false, reason };
}
