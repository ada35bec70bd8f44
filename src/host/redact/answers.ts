import type { HostQuery } from "../../model/query.ts";
import { optionsFile } from "../strip-daemon-options.ts";
import { redactIpset } from "./ipset.ts";
import { redactIptables } from "./iptables.ts";
import { redactJson } from "./json.ts";
import { redactProcNet } from "./proc-net.ts";
import type { Pseudonyms } from "./pseudonyms.ts";
import { redactResolvConf } from "./resolv-conf.ts";
import {
  redactBrctl,
  redactCommandLine,
  redactNames,
  redactOsRelease,
  redactQueryPath,
  redactSs,
  redactSysctl,
  settingOf,
} from "./texts.ts";
import { name, sysctlKey } from "./words.ts";

/** How an answer is redacted. */
export type RedactText = (text: string, pseudonyms: Pseudonyms) => string;

/** The way for the answer to a question; undefined where docknet knows none: then the answer stays out. */
export function redactionOf(query: HostQuery): RedactText | undefined {
  switch (query.kind) {
    case "command":
      return query.stdin === undefined ? ofCommand(query.argv) : redactJsonLines;
    case "file":
      return ofFile(query.path);
    case "directory":
      return redactNames;
    case "docker":
      return query.path === "/version" ? asItIs : redactJson;
    case "system":
      return redactJson;
  }
}

/** The question as the redacted bundle has it: ids and names in it are those of its answers. */
export function redactQuery(query: HostQuery, pseudonyms: Pseudonyms): HostQuery {
  switch (query.kind) {
    case "command": {
      const [program, ...words] = query.argv;
      const keys = program === "sysctl" ? words.map((word) => sysctlKey(word, pseudonyms)) : words;
      return { ...query, argv: [program, ...keys], ...netnsOf(query.netns, pseudonyms) };
    }
    case "file":
      return {
        ...query,
        path: rooted(redactQueryPath(query.path, pseudonyms)),
        ...netnsOf(query.netns, pseudonyms),
      };
    case "directory":
      return { ...query, path: rooted(redactQueryPath(query.path, pseudonyms)) };
    case "docker":
      return { ...query, path: rooted(redactDockerPath(query.path, pseudonyms)) };
    case "system":
      return query;
  }
}

const asItIs: RedactText = (text) => text;

/** Answers of a batch, each on a line of its own. */
const redactJsonLines: RedactText = (text, pseudonyms) =>
  text
    .split("\n")
    .map((line) => redactJson(line, pseudonyms))
    .join("\n");

function ofCommand(argv: readonly string[]): RedactText | undefined {
  const [program = "", ...words] = argv;
  if (words.includes("--version")) return asItIs;
  if (/^ip6?tables(?:-nft|-legacy)?-save$/.test(program)) return redactIptables;
  if (["ip", "bridge", "nft"].includes(program) && words.includes("-j")) return redactJson;
  switch (program) {
    case "conntrack":
      return asItIs;
    case "ipset":
      return redactIpset;
    case "brctl":
      return redactBrctl;
    case "ss":
      return redactSs;
    case "sysctl":
      return redactSysctl;
    default:
      return undefined;
  }
}

function ofFile(file: string): RedactText | undefined {
  if (file.startsWith("/proc/sys/net/")) return settingOf;
  if (/^\/proc\/\d+\/cmdline$/.test(file)) return redactCommandLine;
  if (optionsFile.test(file)) return redactJson;
  if (file.endsWith("/resolv.conf")) return redactResolvConf;
  const [, ofProcess] = /^\/proc\/\d+\/net\/(\w+)$/.exec(file) ?? [];
  if (ofProcess !== undefined) {
    return (text, pseudonyms) => redactProcNet(ofProcess, text, pseudonyms);
  }
  return files[file];
}

const files: Readonly<Record<string, RedactText>> = {
  "/proc/net/ip_tables_names": asItIs,
  "/proc/net/ip6_tables_names": asItIs,
  "/proc/net/dev": (text, pseudonyms) => redactProcNet("dev", text, pseudonyms),
  "/proc/net/snmp": asItIs,
  "/proc/net/snmp6": asItIs,
  "/proc/net/netstat": asItIs,
  "/proc/net/softnet_stat": asItIs,
  "/proc/net/stat/nf_conntrack": asItIs,
  "/proc/net/stat/arp_cache": asItIs,
  "/proc/net/stat/ndisc_cache": asItIs,
  "/proc/sys/kernel/hostname": redactNames,
  "/proc/sys/kernel/osrelease": asItIs,
  "/etc/os-release": redactOsRelease,
  "/var/run/docker.pid": asItIs,
  "/run/snap.docker/docker.pid": asItIs,
};

/** `/containers/ID/json`, `/networks/ID`. */
function redactDockerPath(text: string, pseudonyms: Pseudonyms): string {
  const [, before, id, after] = /^(\/(?:containers|networks)\/)([^/?]+)(\/json|)$/.exec(text) ?? [];
  if (id === undefined || id === "json") return text;
  return `${before}${name(id, pseudonyms)}${after}`;
}

function netnsOf(netns: string | undefined, pseudonyms: Pseudonyms): { readonly netns?: string } {
  return netns === undefined ? {} : { netns: redactQueryPath(netns, pseudonyms) };
}

function rooted(text: string): `/${string}` {
  return `/${text.replace(/^\//, "")}`;
}
