import { known, unknown } from "../../model/facts.ts";
import type { HostQuery } from "../../model/query.ts";
import { queryKey } from "../../model/query.ts";
import { parseDockerNetworkList } from "../../parsers/docker-networks.ts";
import { ask } from "../ask.ts";
import { defineCollector } from "../define-collector.ts";
import { inTurn } from "../in-turn.ts";
import { sandboxes as sandboxFiles } from "../namespaces.ts";
import { rulesPlan } from "./inner-rules.ts";
import { untilBarred } from "./inside.ts";
import { placesOf } from "./places.ts";
import { readSandbox } from "./read-sandbox.ts";

/** How many namespaces are read at a time; how many processes run at once is the host's own limit. */
const atOnce = 8;

const networksQuery: HostQuery = { kind: "docker", path: "/networks" };
const toEnter = ["CAP_SYS_ADMIN", "CAP_DAC_READ_SEARCH"] as const;
const forRules = [...toEnter, "CAP_NET_ADMIN"] as const;

/**
 * Every network namespace of Docker: of each running container, and of overlay networks. `ip netns` shows none of them, because
 * Docker keeps its files elsewhere than under /run/netns.
 */
export const sandboxes = defineCollector({
  fact: "sandboxes",
  title: "Network namespaces of containers and overlay networks, from inside",
  reads: [
    {
      what: "nsenter --net=FILE ip -j -d -b -",
      needs: toEnter,
      withoutIt:
        "links, their addresses, rules and settings of a namespace; routes and neighbours are then what /proc shows",
      loses: "part",
    },
    {
      what: "nsenter --net=FILE ip -j -6 rule",
      where: "the namespace has IPv6 addresses",
      needs: toEnter,
      withoutIt: "routing rules of a namespace",
      loses: "part",
    },
    {
      what: "nsenter --net=FILE bridge -j -d link",
      where: "the namespace has a bridge",
      needs: toEnter,
      withoutIt: "ports of overlay networks",
      loses: "part",
    },
    {
      what: "nsenter --net=FILE bridge -j fdb",
      where: "the namespace has a bridge or a VXLAN link",
      needs: toEnter,
      withoutIt: "forwarding databases of overlay networks",
      loses: "part",
    },
    {
      what: "nsenter --net=FILE iptables-nft-save -c",
      where: "Docker or a process in the namespace may have put rules there",
      needs: forRules,
      withoutIt: "rules inside a namespace",
      loses: "part",
    },
    {
      what: "nsenter --net=FILE nft -j list chains",
      where: "the same, and somebody uses nftables itself",
      needs: forRules,
      withoutIt: "native nftables inside a namespace",
      loses: "part",
    },
    {
      what: "cat /proc/PID/net/{dev,udp,udp6,sockstat,sockstat6}",
      needs: [],
      withoutIt: "counters and sockets of a container",
      loses: "part",
    },
    {
      what: "cat /proc/PID/net/{tcp,tcp6}",
      where: "sockets of TCP are in use",
      needs: [],
      withoutIt: "sockets of a container",
      loses: "part",
    },
    {
      what: "cat /proc/PID/net/{route,fib_trie,ipv6_route,arp}",
      where: "the namespace may not be entered",
      needs: [],
      withoutIt: "the reduced view of routes and neighbours",
      loses: "part",
    },
    {
      what: "cat /…/containers/ID/resolv.conf",
      needs: ["CAP_DAC_READ_SEARCH"],
      withoutIt: "how a container resolves names",
      loses: "part",
    },
  ],
  needs: ["dockerDaemon", "daemonOptions", "containers"],
  async collect(host, { facts, now }) {
    const daemon = facts.dockerDaemon;
    const backend = daemon.state === "running" ? daemon.firewallBackend : undefined;
    const [files, networks] = await Promise.all([
      sandboxFiles(host, facts.daemonOptions),
      ask(host, networksQuery, parseDockerNetworkList),
    ]);
    const places = placesOf({
      containers: facts.containers,
      handles: files.ok ? files.value : [],
      networks: networks.ok ? networks.value : [],
    });
    if (!files.ok && places.length === 0) return unknown(files.failure);
    const entering = untilBarred(host);
    const read = await inTurn(places, atOnce, (place) =>
      readSandbox(entering, place, { plan: rulesPlan(place, backend), now }),
    );
    const there = read.filter((each) => each !== undefined);
    const unseen = files.ok
      ? []
      : [`namespaces of overlay networks are not seen: ${files.failure.message}`];
    return known(
      there.map(({ sandbox }) => sandbox),
      {
        at: now,
        sources: distinct([
          ...(files.ok ? files.sources : []),
          ...there.flatMap(({ sources }) => sources),
        ]),
        ignored: there.flatMap(({ ignored }) => ignored),
        gaps: unseen,
      },
    );
  },
});

function distinct(queries: readonly HostQuery[]): readonly HostQuery[] {
  return [...new Map(queries.map((query) => [queryKey(query), query])).values()];
}
