import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type LabHost, mustOnHost } from "./lab-host.ts";
import { waitFor } from "./wait-for.ts";

/** Everything on a host that an observer could change, as text; nothing in it changes by itself. */
export type HostState = Readonly<Record<string, string>>;

/** Looks at a host. Legacy tables are dumped only where the kernel names them: asking makes them. */
export async function hostState(host: LabHost): Promise<HostState> {
  const run = async (line: string) => mustOnHost(host, ["sh", "-c", line]);
  const state: Record<string, string> = {};
  for (const [name, line] of Object.entries(looks)) state[name] = await run(line);
  for (const [family, program] of legacySaves) {
    const names = `/proc/net/${family}_tables_names`;
    const tables = await run(`cat ${names} 2>/dev/null | sort`);
    state[names] = tables;
    if (tables !== "") state[program] = await run(`${program}`);
  }
  state["nft"] = withoutCounters(await run("nft -j list ruleset"));
  state["processes"] = processesOf(host).join("\n");
  return Object.fromEntries(
    Object.entries(state).map(([name, text]) => [
      name,
      text.replaceAll(/^#.*\n/gm, "").replaceAll(/\[\d+:\d+\]/g, ""),
    ]),
  );
}

const looks = {
  "iptables-nft-save": "iptables-nft-save 2>/dev/null",
  "ip6tables-nft-save": "ip6tables-nft-save 2>/dev/null",
  // A bridge's timers run by themselves.
  links: "ip -d link | sed -E 's/ [a-z_]+_timer +[0-9.]+//g'",
  addresses: "ip -o addr | sed 's/ valid_lft.*//'",
  routes: "ip route show table all; ip -6 route show table all",
  "routing rules": "ip rule; ip -6 rule",
  "bridge ports": "bridge -d link",
  namespaces: "ls /run/docker/netns /run/netns | sort",
  ipsets: "ipset list -n 2>/dev/null || true",
  // The number of connections is the only one that traffic changes.
  sysctls: "grep -rs . /proc/sys/net | grep -v /nf_conntrack_count: | sort",
  // Names, modes, sizes, times of change and contents; the engine's own log grows by itself.
  files:
    "find /run /etc -xdev \\( -path /run/lab/dockerd.log -prune \\) -o -printf '%p %y %m %s %T@ %l\\n' | sort",
  contents:
    "find /run /etc -xdev -type f ! -path /run/lab/dockerd.log -exec sha256sum {} + 2>/dev/null | sort",
} as const;

const legacySaves = [
  ["ip", "iptables-legacy-save"],
  ["ip6", "ip6tables-legacy-save"],
] as const;

/** As `hostState`, once the host is at rest: links that came up check their IPv6 addresses for a while. */
export async function restingHostState(host: LabHost): Promise<HostState> {
  let last = await hostState(host);
  const atRest = async () => {
    const next = await hostState(host);
    const isSame = Object.keys(next).every((name) => next[name] === last[name]);
    last = next;
    return isSame ? next : undefined;
  };
  await sleep(2_000);
  return waitFor(atRest, { what: "host is at rest", timeoutMs: 30_000, intervalMs: 1_000 });
}

/** Program and arguments of every process of the host, from the machine's side: no process of the look is among them. */
export function processesOf({ pid }: LabHost): readonly string[] {
  const proc = `/proc/${pid}/root/proc`;
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .map((id) => `${id} ${commandLine(`${proc}/${id}/cmdline`)}`)
    .sort();
}

function commandLine(path: string): string {
  try {
    return readFileSync(path, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return ""; // it has ended
  }
}

function withoutCounters(json: string): string {
  return JSON.stringify(JSON.parse(json), (key, value: unknown) =>
    key === "packets" || key === "bytes" ? undefined : value,
  );
}
