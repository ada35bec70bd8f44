import type { DaemonOptions } from "../model/docker/daemon-options.ts";
import { unparsable } from "../model/failure.ts";
import { daemonOptionsOf } from "./docker/daemon-option-texts.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { defined } from "./support/defined.ts";
import { quoted } from "./support/lines.ts";

/** The command line that dockerd was started with. */
export interface DockerdCommandLine {
  readonly options: DaemonOptions;
  /** Options that are set, by their long names. */
  readonly names: readonly string[];
  /** `--config-file`. */
  readonly configFile?: string;
}

/** /proc/PID/cmdline of dockerd: words that each end with a NUL. */
export function parseDockerdCmdline(text: string): Parsed<DockerdCommandLine> {
  const [program = "", ...words] = text.split("\0");
  // A stale pid file can name any process.
  if (!/(?:^|\/)dockerd[^/]*$/.test(program)) {
    return { ok: false, failure: unparsable(`found ${quoted(program)} where dockerd stands`) };
  }
  const texts = textsOf(words);
  const options = daemonOptionsOf(texts);
  if (!options.ok) return options;
  const names = [...texts.keys()].filter((name) => name !== "config-file");
  const configFile = texts.get("config-file")?.at(-1);
  return parsed(defined({ options: options.value, names, configFile }), options.ignored);
}

const switches: ReadonlySet<string> = new Set([
  ...["iptables", "ip6tables", "ip-masq", "ip-forward", "ip-forward-no-drop", "userland-proxy"],
  ...["allow-direct-routing", "icc", "ipv6", "live-restore"],
]);

const valued: ReadonlySet<string> = new Set([
  ...["userland-proxy-path", "firewall-backend", "bridge", "bip", "bip6", "fixed-cidr"],
  ...["fixed-cidr-v6", "default-gateway", "default-gateway-v6", "mtu", "ip", "config-file"],
  ...["default-address-pool", "default-network-opt", "dns", "dns-opt", "dns-search", "host"],
  ...["group", "userns-remap", "exec-root", "data-root", "pidfile"],
]);

/** Other names of an option: short ones, and one that releases before 17.05 had. */
const longNames: Readonly<Record<string, string>> = {
  ...{ H: "host", G: "group", b: "bridge", p: "pidfile", g: "data-root" },
  graph: "data-root",
};

/** A switch takes its value behind `=` only; other options also from the next word. */
function textsOf(words: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const texts = new Map<string, string[]>();
  let taken = -1;
  for (const [at, word] of words.entries()) {
    const option = at === taken ? undefined : optionIn(word);
    if (option === undefined) continue;
    const { name } = option;
    const isSwitch = switches.has(name);
    const text = option.text ?? (isSwitch ? "true" : words[at + 1]);
    if (option.text === undefined && !isSwitch) taken = at + 1;
    if (text === undefined) continue;
    const given = texts.get(name);
    if (given === undefined) texts.set(name, [text]);
    else given.push(text);
  }
  return texts;
}

/** `--name`, `--name=text`, `-n`, `-n=text`, `-ntext`; options that docknet does not read are none. */
function optionIn(
  word: string,
): { readonly name: string; readonly text: string | undefined } | undefined {
  const [, long, short, text] = /^(?:--([a-z0-9-]+)(?==|$)|-([HGbpg]))(.*)$/s.exec(word) ?? [];
  const given = long ?? short;
  if (given === undefined) return undefined;
  const name = longNames[given] ?? given;
  if (!switches.has(name) && !valued.has(name)) return undefined;
  return { name, text: text === "" ? undefined : text?.replace(/^=/, "") };
}
