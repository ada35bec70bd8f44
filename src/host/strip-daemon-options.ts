import { unparsable } from "../model/failure.ts";
import type { LiveAnswer } from "./live-answer.ts";
import { answered, failed } from "./live-answer.ts";

/**
 * Takes out of dockerd's file of options and of its command line all but the options that decide about networking: both can hold
 * credentials of proxies, registries and log drivers. Other files come back as they are.
 */
export function stripFile(path: string, answer: LiveAnswer): LiveAnswer {
  if (!answer.ok) return answer;
  if (optionsFile.test(path)) return strippedConfig(path, answer.text);
  return cmdlineFile.test(path) ? answered(strippedCommandLine(answer.text)) : answer;
}

/** The command line of a process, as /proc shows it. */
export const cmdlineFile = /^\/proc\/[1-9][0-9]*\/cmdline$/;

/**
 * A file of dockerd's options, wherever `--config-file` says that it is. Nothing of such a file leaves this module but options of
 * networking.
 */
export const optionsFile = /^(?!.*\/containers\/)(?:\/(?!\.\.?(?:\/|$))[A-Za-z0-9_.:@+-]+)+\.json$/;

// https://docs.docker.com/reference/cli/dockerd/
const networkOptions: readonly string[] = [
  ...["iptables", "ip6tables", "ip-masq", "ip-forward", "ip-forward-no-drop", "userland-proxy"],
  ...["firewall-backend", "allow-direct-routing", "bridge", "bridge-accept-fwmark", "bip", "bip6"],
  ...["fixed-cidr", "fixed-cidr-v6", "default-gateway", "default-gateway-v6", "ip", "ipv6", "icc"],
  ...["mtu", "default-address-pools", "default-address-pool", "default-network-opts", "dns"],
  ...["default-network-opt", "dns-opt", "dns-opts", "dns-search", "live-restore", "config-file"],
  ...["exec-root", "swarm-default-advertise-addr", "userland-proxy-path", "hosts", "host", "group"],
  ...["data-root", "graph", "pidfile", "userns-remap"],
];

/** Options that take their value behind `=` only. */
const switches: readonly string[] = [
  ...["iptables", "ip6tables", "ip-masq", "ip-forward", "ip-forward-no-drop", "userland-proxy"],
  ...["allow-direct-routing", "icc", "ipv6", "live-restore"],
];

/** Where dockerd listens, without anything that could be a credential. */
const plainHost =
  /^(?:fd:\/\/[\w.*:-]*|unix:\/\/[\w./+-]+|tcp:\/\/(?:[\w.-]*|\[[0-9a-f:.]+\])(?::\d+)?)$/i;

function strippedConfig(path: string, text: string): LiveAnswer {
  // dockerd takes an empty file as one without options.
  if (text.trim() === "") return answered(text);
  const options = parsedRecord(text);
  if (options === undefined) {
    return failed(unparsable(`"${path}" is not JSON; \`dockerd --validate\` says where`));
  }
  const kept = Object.entries(options)
    .filter(([name]) => networkOptions.includes(name))
    .map(([name, value]) => [name, name === "hosts" ? plainHosts(value) : value]);
  return answered(JSON.stringify(Object.fromEntries(kept)));
}

function plainHosts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((host) => typeof host === "string" && plainHost.test(host));
}

function parsedRecord(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Words that each end with a NUL. docker-proxy has nothing but addresses and ports; another process that is not dockerd keeps its
 * first word only.
 */
function strippedCommandLine(text: string): string {
  const [program = "", ...words] = text.split("\0");
  if (/(?:^|\/)(?:rootlesskit-)?docker-proxy$/.test(program)) {
    return [program, ...words.filter(isProxyWord)].map((word) => `${word}\0`).join("");
  }
  if (!/(?:^|\/)dockerd[^/]*$/.test(program)) return `${program.split(" ")[0]}\0`;
  const kept = words.flatMap((word, at) => keptOption(word, words[at + 1]));
  return [program, ...kept].map((word) => `${word}\0`).join("");
}

/** Short options of networking, by their long names. */
const shortOptions: ReadonlyMap<string, string> = new Map([
  ["-H", "host"],
  ["-G", "group"],
  ["-b", "bridge"],
  ["-p", "pidfile"],
  ["-g", "data-root"],
]);

/** An option of networking with its value, which may be the next word. */
function keptOption(word: string, next: string | undefined): readonly string[] {
  const [, long, text] = /^--([a-z0-9-]+)(?:=(.*))?$/s.exec(word) ?? [];
  const name = long ?? shortOptions.get(word.slice(0, 2));
  if (name === undefined || !networkOptions.includes(name)) return [];
  const attached = long === undefined ? word.slice(2).replace(/^=/, "") : text;
  const isAlone = attached === undefined || (long === undefined && attached === "");
  if (isAlone && switches.includes(name)) return [word];
  const value = isAlone ? next : attached;
  if (value === undefined || (isAlone && value.startsWith("-"))) return [];
  if (name === "host" && !plainHost.test(value)) return [];
  return isAlone ? [word, value] : [word];
}

/** An option of docker-proxy, a protocol, an address or a port. */
function isProxyWord(word: string): boolean {
  return /^(?:--?(?:proto|(?:host|container)-(?:ip|port)|use-listen-fd)(?:=[\w.:]*)?|tcp|udp|sctp|[\d.]+|[0-9a-f:.]+)$/i.test(
    word,
  );
}
