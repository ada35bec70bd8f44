import { sysctls } from "../../src/collectors/sysctls.ts";
import { notFound } from "../../src/model/failure.ts";
import type { HostQuery } from "../../src/model/query.ts";
import type { ImportedAnswer } from "./imported-answer.ts";
import { asSaved, command, derived, derivedFailure, file } from "./imported-answer.ts";
import type { SavedHost } from "./saved-host.ts";

/** Answers of the kernel and of iproute2, iptables and nft. */
export function kernelAnswers(host: SavedHost): readonly ImportedAnswer[] {
  const saved = savedCommands.flatMap(({ line, name }) =>
    asSaved(commandOf(line), host.text(name), host.stderr(name)),
  );
  return [...saved, ...names(host), ...settings(host), ...firewall(host), ...sandboxes(host)];
}

const savedCommands: readonly { readonly line: string; readonly name: string }[] = [
  { line: "ip -j -d addr", name: "ip_j_d_addr" },
  { line: "ip -j route show table all", name: "ip_j_route_all" },
  { line: "ip -j -6 route show table all", name: "ip_j_6_route_all" },
  { line: "ip -j rule", name: "ip_j_rule" },
  { line: "ip -j -6 rule", name: "ip_j_6_rule" },
  { line: "ip -j netns list", name: "ip_j_netns_list" },
  { line: "ip -j neigh", name: "ip_j_neigh" },
  { line: "bridge -j -d link", name: "bridge_j_d_link" },
  { line: "bridge -j fdb", name: "bridge_j_fdb" },
  { line: "brctl show", name: "brctl_show" },
  { line: "iptables-nft-save -c", name: "iptables_nft_save" },
  { line: "iptables-save -c", name: "iptables_save" },
  { line: "ip6tables-save -c", name: "ip6tables_save" },
  { line: "nft -j list ruleset", name: "nft_j_ruleset" },
  { line: "ss -lntuHp", name: "ss_lntuHp" },
];

function commandOf(line: string): HostQuery {
  const [program = "", ...args] = line.split(" ");
  return command(program, ...args);
}

function names(host: SavedHost): readonly ImportedAnswer[] {
  const [, hostname, kernel] = (host.text("uname") ?? "").split(" ");
  const from = hostname === undefined ? "docker info" : "uname -a";
  const { info } = host;
  const release = file("/etc/os-release");
  const text = host.text("os_release");
  return [
    ...derived(file("/proc/sys/kernel/hostname"), `${hostname ?? info.Name}\n`, from),
    ...derived(file("/proc/sys/kernel/osrelease"), `${kernel ?? info.KernelVersion}\n`, from),
    ...(text === undefined
      ? derived(release, `PRETTY_NAME="${info.OperatingSystem}"\n`, "docker info")
      : asSaved(release, text)),
  ];
}

function settings(host: SavedHost): readonly ImportedAnswer[] {
  const all = sysctlValues(host);
  // The collector's own command: the very question that a replay will ask.
  const line = sysctls.reads[0]?.what ?? "";
  const [, , ...keys] = line.split(" ");
  const text = keys.flatMap((key) => (all.has(key) ? [`${key} = ${all.get(key)}\n`] : [])).join("");
  return [
    ...derived(commandOf(line), text, "sysctl -a"),
    ...derived(command("ip", "-j", "netconf"), netconf(host, all), "sysctl -a"),
  ];
}

function sysctlValues(host: SavedHost): ReadonlyMap<string, string> {
  return new Map(
    (host.text("sysctl_net") ?? "").split("\n").flatMap((line) => {
      const [, key, value] = /^(\S+) = (.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );
}

/** `ip -j netconf` in the order and with the fields of iproute2 6.1. */
function netconf(host: SavedHost, values: ReadonlyMap<string, string>): string {
  const links: readonly { readonly ifname: string }[] = JSON.parse(
    host.text("ip_j_d_addr") ?? "[]",
  );
  const order = [...links.map(({ ifname }) => ifname), "all", "default"];
  const entries = (["inet", "inet6"] as const).flatMap((family) =>
    order.flatMap((ifname) => {
      const prefix = `net.${family === "inet" ? "ipv4" : "ipv6"}.conf.${ifname.replaceAll(".", "/")}`;
      const isOn = (key: string) => (values.get(`${prefix}.${key}`) ?? "0") !== "0";
      if (!values.has(`${prefix}.forwarding`)) return [];
      const filter = Number(values.get(`${prefix}.rp_filter`) ?? "0");
      return [
        {
          family,
          interface: ifname,
          forwarding: isOn("forwarding"),
          ...(family === "inet" ? { rp_filter: ["off", "strict", "loose"][filter] } : {}),
          mc_forwarding: isOn("mc_forwarding"),
          proxy_neigh: isOn(family === "inet" ? "proxy_arp" : "proxy_ndp"),
          ignore_routes_with_linkdown: isOn("ignore_routes_with_linkdown"),
        },
      ];
    }),
  );
  return JSON.stringify(entries);
}

function firewall(host: SavedHost): readonly ImportedAnswer[] {
  const legacy = host.text("iptables_legacy_save") ?? "";
  const legacy6 = host.text("ip6tables_legacy_save") ?? "";
  const version = host.text("iptables_V")?.replace(/^iptables /, "iptables-save ");
  return [
    ...derived(file("/proc/net/ip_tables_names"), tableNames(legacy), "iptables-legacy-save"),
    ...derived(file("/proc/net/ip6_tables_names"), tableNames(legacy6), "ip6tables-legacy-save"),
    ...(legacy === "" ? [] : asSaved(command("iptables-legacy-save", "-c"), legacy)),
    ...(legacy6 === "" ? [] : asSaved(command("ip6tables-legacy-save", "-c"), legacy6)),
    ...ip6tablesNft(host),
    ...derived(command("iptables-save", "--version"), version, "iptables -V"),
  ];
}

function tableNames(dump: string): string {
  return [...dump.matchAll(/^\*(\w+)$/gm)].map(([, table]) => `${table}\n`).join("");
}

/** ip6tables-save speaks to nf_tables unless the host's default is legacy; nft shows whether it holds tables of IPv6 then. */
function ip6tablesNft(host: SavedHost): readonly ImportedAnswer[] {
  const query = command("ip6tables-nft-save", "-c");
  const speaksLegacy = host.text("iptables_V")?.includes("legacy") ?? false;
  if (!speaksLegacy) return derived(query, host.text("ip6tables_save"), "ip6tables-save");
  const holdsIp6 = /"table": \{"family": "(ip6|inet)"/.test(host.text("nft_j_ruleset") ?? "");
  return holdsIp6 ? [] : derived(query, "", "nft -j list ruleset, which holds no table of IPv6");
}

function sandboxes(host: SavedHost): readonly ImportedAnswer[] {
  const query: HostQuery = { kind: "directory", path: "/run/docker/netns" };
  const listing = host.text("ls_netns");
  if (listing === undefined) return [];
  if (host.exitCode("ls_netns") !== 0) {
    const missing = notFound('no file or directory "/run/docker/netns" on this host');
    return derivedFailure(query, missing, "ls -la");
  }
  const entries = listing
    .split("\n")
    .flatMap((line) => (line.startsWith("-") ? [line.split(/\s+/).at(-1) ?? ""] : []));
  return derived(
    query,
    entries
      .sort()
      .map((name) => `${name}\n`)
      .join(""),
    "ls -la",
  );
}
