import { parseWhy } from "../../src/derive/why/sentence.ts";
import { type Answered, type WhyRequest, why } from "../../src/derive/why/why.ts";
import type { WhyHost } from "../../src/derive/why/why-host.ts";
import type { SandboxFacts } from "../../src/model/sandbox.ts";
import type { ListeningSocket } from "../../src/model/socket.ts";
import { aHost, type HostBuilder } from "./a-host.ts";
import { rulesetOf } from "./built-facts.ts";
import { emptyTable } from "./docker-rules-text.ts";
import { aContainer, anEndpoint, appBridge, aSocket } from "./healthy-facts.ts";
import { containerFacts, sandboxWith, type WorldContainer } from "./namespaces-of-a-host.ts";
import { tracedHost } from "./traced-host.ts";

/** The network of `web` and `db` on the host of `askedBuilder`. */
export const appNetwork = { id: "0123456789abcdef", name: "appnet" } as const;

const dnsRules = {
  ...emptyTable("nat"),
  chains: [...emptyTable("nat").chains, { name: "DOCKER_OUTPUT", policy: "-" }],
  rules: [
    "-A OUTPUT -d 127.0.0.11/32 -j DOCKER_OUTPUT",
    "-A DOCKER_OUTPUT -d 127.0.0.11/32 -p tcp -m tcp --dport 53 -j DNAT --to-destination 127.0.0.11:34739",
    "-A DOCKER_OUTPUT -d 127.0.0.11/32 -p udp -m udp --dport 53 -j DNAT --to-destination 127.0.0.11:52063",
  ],
};

const dnsSockets: readonly ListeningSocket[] = [
  { protocol: "tcp", address: "127.0.0.11", port: 34_739, processes: [] },
  { protocol: "udp", address: "127.0.0.11", port: 52_063, processes: [] },
];

/** What Docker puts into the namespace of a container on a network of one's own. */
export const embeddedDnsFacts: Pick<SandboxFacts, "rulesets" | "resolver"> = {
  rulesets: [rulesetOf({ family: "ipv4", backend: "nf_tables", tables: [dnsRules] })],
  resolver: { nameservers: ["127.0.0.11"], search: [], options: ["ndots:0"], sortList: [] },
};

/** A container on appnet, with the embedded DNS. */
export function onAppnet(
  name: string,
  address: string,
  so: {
    readonly veth: string;
    readonly sockets?: readonly ListeningSocket[];
    readonly facts?: Partial<SandboxFacts>;
  },
): WorldContainer {
  return {
    name,
    address,
    veth: so.veth,
    bridge: appBridge,
    gateway: "172.20.0.1",
    sockets: [...dnsSockets, ...(so.sockets ?? [])],
    facts: { ...embeddedDnsFacts, ...so.facts },
  };
}

export const webInside = onAppnet("web", "172.20.0.2/16", { veth: "veth2" });
export const dbInside = onAppnet("db", "172.20.0.3/16", {
  veth: "veth3",
  sockets: [aSocket("tcp", 5432, undefined)],
});
export const workerInside: WorldContainer = {
  name: "worker",
  veth: "veth1",
  bridge: "docker0",
  gateway: "172.17.0.1",
  address: "172.17.0.2/16",
  sockets: [aSocket("tcp", 9000, undefined)],
  facts: {
    resolver: { nameservers: ["192.0.2.53"], search: [], options: [], sortList: [] },
  },
};

/** web and db on appnet, worker on the default bridge. */
export function askedBuilder(): HostBuilder {
  return aHost()
    .withSysctl("net.bridge.bridge-nf-call-iptables", "0")
    .withContainer(
      aContainer("db", {
        id: "db0123456789ab",
        networkMode: "appnet",
        resolvConfPath: "/var/lib/docker/containers/db/resolv.conf",
        endpoints: [
          {
            ...anEndpoint(appNetwork, "172.20.0.3/16", "172.20.0.1"),
            names: ["db0123456789", "postgres"],
          },
        ],
      }),
    );
}

/** A host ready to be asked; web, db and worker are seen from inside unless others are named. */
export function askedHost(
  host: HostBuilder,
  inside: readonly WorldContainer[] = [webInside, dbInside, workerInside],
): WhyHost {
  return {
    trace: tracedHost(host, ...inside),
    sandboxes: inside.map((one) => sandboxWith(one.name, { ...containerFacts(one), ...one.facts })),
    daemonOptions: host.facts().daemonOptions,
    moving: [],
  };
}

/** The answer to a sentence; the refusal as an error of the test. */
export function answered(
  host: WhyHost,
  sentence: string,
  more: Partial<WhyRequest> = {},
): Answered {
  const result = asked(host, sentence, more);
  if (typeof result === "string") throw new Error(result);
  return result;
}

/** The answer, or the message of the refusal. */
export function asked(
  host: WhyHost,
  sentence: string,
  more: Partial<WhyRequest> = {},
): Answered | string {
  const understood = parseWhy([sentence]);
  if (!understood.ok) return understood.message;
  const result = why(host, { ...understood.value, ...more });
  return result.ok ? result.value : result.message;
}

/** Outcome, and the causes with their kinds. */
export function told({ outcome, causes, suspects, notes }: Answered): readonly string[] {
  return [
    outcome,
    ...causes.map(({ kind, message }) => `${kind}: ${message}`),
    ...suspects.map(({ kind, message }) => `perhaps ${kind}: ${message}`),
    ...notes.map(({ kind, message }) => `note ${kind}: ${message}`),
  ];
}
