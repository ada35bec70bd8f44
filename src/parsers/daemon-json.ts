import { z } from "zod";
import type { DaemonOptions } from "../model/docker/daemon-options.ts";
import { daemonOptionsOf } from "./docker/daemon-option-texts.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { readJson } from "./support/json.ts";

/** What dockerd's file of options says. */
export interface DaemonFile {
  readonly options: DaemonOptions;
  /** Options that are set, by their long names on the command line. */
  readonly names: readonly string[];
}

const toggle = z.boolean().optional();
const word = z.string().optional();
const words = z.array(z.string()).optional();

const daemonJson = z.object({
  iptables: toggle,
  ip6tables: toggle,
  "ip-masq": toggle,
  "ip-forward": toggle,
  "ip-forward-no-drop": toggle,
  "userland-proxy": toggle,
  "userland-proxy-path": word,
  "firewall-backend": word,
  "allow-direct-routing": toggle,
  icc: toggle,
  ipv6: toggle,
  "live-restore": toggle,
  bridge: word,
  bip: word,
  bip6: word,
  "fixed-cidr": word,
  "fixed-cidr-v6": word,
  "default-gateway": word,
  "default-gateway-v6": word,
  mtu: z.number().optional(),
  ip: word,
  "default-address-pools": z.array(z.object({ base: z.string(), size: z.number() })).optional(),
  "default-network-opts": z.record(z.string(), z.record(z.string(), z.string())).optional(),
  dns: words,
  "dns-opts": words,
  "dns-search": words,
  hosts: words,
  group: word,
  "userns-remap": word,
  "exec-root": word,
  "data-root": word,
  graph: word,
  pidfile: word,
});

type DaemonJson = z.infer<typeof daemonJson>;

/** dockerd's file of options, such as /etc/docker/daemon.json. dockerd takes an empty file as one without options. */
export function parseDaemonJson(text: string): Parsed<DaemonFile> {
  if (text.trim() === "") return parsed({ options: {}, names: [] });
  const read = readJson(text, daemonJson);
  if (!read.ok) return read;
  const texts = new Map(
    Object.entries(read.value).map(([name, value]) => [flagNames[name] ?? name, textsOf(value)]),
  );
  const options = daemonOptionsOf(texts);
  if (!options.ok) return options;
  return parsed({ options: options.value, names: [...texts.keys()] }, options.ignored);
}

/** Options that have another name on the command line. */
const flagNames: Readonly<Record<string, string>> = {
  "default-address-pools": "default-address-pool",
  "default-network-opts": "default-network-opt",
  "dns-opts": "dns-opt",
  hosts: "host",
  graph: "data-root",
};

/** A value as the command line would have it. */
function textsOf(value: DaemonJson[keyof DaemonJson]): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.map(poolText);
  if (typeof value !== "object") return [String(value)];
  return Object.entries(value).flatMap(([driver, options]) =>
    Object.entries(options).map(([name, text]) => `${driver}=${name}=${text}`),
  );
}

function poolText(item: string | { readonly base: string; readonly size: number }): string {
  return typeof item === "string" ? item : `base=${item.base},size=${item.size}`;
}
