import type { DaemonOptions } from "../../src/model/docker/daemon-options.ts";
import type { Container, DockerNetwork, RunningDaemon } from "../../src/model/docker.ts";
import type { Fact, FactName, Facts, HostSnapshot } from "../../src/model/facts.ts";
import type { Family } from "../../src/model/ip.ts";
import type { Link } from "../../src/model/link.ts";
import type { Backend } from "../../src/model/netfilter.ts";
import type { NftTable } from "../../src/model/nft.ts";
import type { Route, RoutingRule } from "../../src/model/route.ts";
import type { ListeningSocket } from "../../src/model/socket.ts";
import type { LinkSettings } from "../../src/model/sysctl.ts";
import { type Dump, rulesetOf, type BuiltState as State, snapshotOf } from "./built-facts.ts";
import { dockerTables, emptyTable, type TableText } from "./docker-rules-text.ts";
import { addressRoutes, appBridge, type Engine, healthyFacts } from "./healthy-facts.ts";

/** Where a rule stands; by default the filter table of IPv4 in nf_tables. */
interface Place {
  readonly table?: string;
  readonly family?: Family;
  readonly backend?: Backend;
  /** Where in its chain; last unless it says first. */
  readonly at?: "first" | "last";
}

export type HostBuilder = ReturnType<typeof builder>;

/** A host on which Docker runs and nothing is wrong. Every `with…` gives another one with one thing changed. */
export function aHost(so: { readonly engine?: Engine } = {}): HostBuilder {
  const { engine = "20.10" } = so;
  const bridges = [
    { bridge: appBridge, subnet: "172.20.0.0/16" },
    { bridge: "docker0", subnet: "172.17.0.0/16" },
  ];
  const web = { bridge: appBridge, address: "172.20.0.2/32" };
  const tables = dockerTables(engine, bridges, [
    { ...web, protocol: "tcp", hostPort: 8080, containerPort: 80 },
    { ...web, protocol: "udp", hostPort: 5353, containerPort: 5353 },
  ]);
  const none = { tables: [] };
  return builder({
    facts: healthyFacts(engine),
    dumps: [
      { family: "ipv4", backend: "nf_tables", tables },
      { family: "ipv4", backend: "legacy", ...none },
      { family: "ipv6", backend: "nf_tables", ...none },
      { family: "ipv6", backend: "legacy", ...none },
    ],
    overrides: {},
  });
}

function builder(state: State) {
  const facts = (change: Partial<Omit<Facts, "rulesets">>) =>
    builder({ ...state, facts: { ...state.facts, ...change } });
  const dumps = (change: (dump: Dump) => Dump) =>
    builder({ ...state, dumps: state.dumps.map(change) });
  const tableOf = (place: Place, change: (table: TableText) => TableText) =>
    dumps((dump) => (isPlace(dump, place) ? changedTable(dump, place, change) : dump));
  const { links, routes, dockerNetworks, containers, sockets } = state.facts;
  return {
    facts: (): Facts => ({ ...state.facts, rulesets: state.dumps.map(rulesetOf) }),
    snapshot: (): HostSnapshot => snapshotOf(state),

    withFacts: facts,
    /** A fact that is unknown or absent. */
    withFact: <K extends FactName>(name: K, fact: Fact<Facts[K]>) =>
      builder({ ...state, overrides: { ...state.overrides, [name]: fact } }),

    /** Adds an `-A` line to its chain. */
    withRule: (text: string, place: Place = {}) =>
      tableOf(place, (table) => ({ ...table, rules: inserted(table.rules, text, place) })),
    withoutRule: (text: string, place: Place = {}) =>
      tableOf(place, (table) => ({ ...table, rules: table.rules.filter((own) => own !== text) })),
    /** `-P`. */
    withPolicy: (chain: string, policy: "ACCEPT" | "DROP", place: Place = {}) =>
      tableOf(place, (table) => ({
        ...table,
        chains: table.chains.map((own) => (own.name === chain ? { ...own, policy } : own)),
      })),
    /** `-N`. */
    withChain: (name: string, place: Place = {}) =>
      tableOf(place, (table) => ({
        ...table,
        chains: [...table.chains, { name, policy: "-" }],
      })),
    /** `-F CHAIN`. */
    withEmptyChain: (chain: string, place: Place = {}) =>
      tableOf(place, (table) => ({
        ...table,
        rules: table.rules.filter((rule) => !rule.startsWith(`-A ${chain} `)),
      })),
    /** `-F` and `-X`: no rule and no chain of anybody's own. */
    withFlushedTable: (table: string, place: Place = {}) =>
      tableOf({ ...place, table }, (own) => ({
        ...own,
        chains: own.chains.filter(({ policy }) => policy !== "-"),
        rules: [],
      })),
    withUnprintedTable: (table: string, place: Place = {}) =>
      tableOf({ ...place, table }, (own) => ({ ...own, unprinted: true })),
    /** Moves Docker's IPv4 tables to iptables-legacy. */
    withLegacyBackend: () => {
      const [nft] = state.dumps;
      return dumps((dump) => {
        if (dump.family === "ipv6") return dump;
        return { ...dump, tables: dump.backend === "legacy" ? (nft?.tables ?? []) : [] };
      });
    },
    /** Replaces all tables of one family and backend. */
    withTables: (tables: readonly TableText[], place: Place = {}) =>
      dumps((dump) => (isPlace(dump, place) ? { ...dump, tables } : dump)),
    withNativeNft: (...tables: readonly NftTable[]) =>
      facts({
        nativeNft: {
          state: "read",
          tables,
          incompatible: { state: "read", chains: [] },
          unrecognised: [],
        },
      }),
    withUnreadableNft: (reason: string) => facts({ nativeNft: { state: "unreadable", reason } }),

    withSysctl: (key: string, value: string) =>
      facts({ sysctls: { ...state.facts.sysctls, [key]: value } }),
    withoutSysctl: (key: string) =>
      facts({
        sysctls: Object.fromEntries(
          Object.entries(state.facts.sysctls).filter(([own]) => own !== key),
        ),
      }),
    /** `sysctl -w net.ipv4.ip_forward=0`: the kernel takes the flag of every link too. */
    withForwardingOff: () =>
      facts({
        sysctls: { ...state.facts.sysctls, "net.ipv4.ip_forward": "0" },
        linkSettings: state.facts.linkSettings.map((one) =>
          one.family === "ipv4" ? { ...one, forwarding: false } : one,
        ),
      }),
    withLinkSetting: (ifname: string, change: Partial<LinkSettings>) =>
      facts({
        linkSettings: state.facts.linkSettings.map((one) =>
          one.ifname === ifname ? { ...one, ...change } : one,
        ),
      }),
    withoutLinkSettings: (ifname: string) =>
      facts({
        linkSettings: state.facts.linkSettings.filter((one) => one.ifname !== ifname),
      }),

    /** Adds a link, with what the kernel and the settings say of it. */
    withLink: (link: Link) =>
      facts({
        links: [...links, link],
        routes: [
          ...routes,
          ...link.addresses.flatMap(({ address, prefixLength }) =>
            addressRoutes(link.ifname, `${address}/${prefixLength}`),
          ),
        ],
        linkSettings: [
          ...state.facts.linkSettings,
          { family: "ipv4", ifname: link.ifname, forwarding: true, reversePathFilter: 0 },
        ],
      }),
    withLinkChange: (ifname: string, change: Partial<Link>) =>
      facts({ links: links.map((own) => (own.ifname === ifname ? { ...own, ...change } : own)) }),
    /** `ip link set NAME down`: the kernel takes the routes away. */
    withLinkDown: (ifname: string) =>
      facts({
        links: links.map((own) => (own.ifname === ifname ? downed(own) : own)),
        routes: routes.filter((route) => !isBy(route, ifname) || route.type === "local"),
      }),
    withoutLink: (ifname: string) =>
      facts({
        links: links.filter((own) => own.ifname !== ifname),
        routes: routes.filter((route) => !isBy(route, ifname)),
      }),
    /** `ip addr flush dev NAME`. */
    withoutAddress: (ifname: string) =>
      facts({
        links: links.map((own) => (own.ifname === ifname ? { ...own, addresses: [] } : own)),
        routes: routes.filter((route) => !isBy(route, ifname)),
      }),
    withRoute: (route: Route) => facts({ routes: [...routes, route] }),
    withoutRoute: (destination: string) =>
      facts({
        routes: routes.filter(
          (route) => `${route.destination.address}/${route.destination.length}` !== destination,
        ),
      }),
    withRoutingRules: (...routingRules: readonly RoutingRule[]) => facts({ routingRules }),

    withDaemon: (change: Partial<RunningDaemon>) => {
      const { dockerDaemon } = state.facts;
      return facts({
        dockerDaemon:
          dockerDaemon.state === "running" ? { ...dockerDaemon, ...change } : dockerDaemon,
      });
    },
    withOptions: (daemonOptions: DaemonOptions) => facts({ daemonOptions }),
    withNetwork: (network: DockerNetwork) =>
      facts({ dockerNetworks: [...dockerNetworks, network] }),
    withNetworkChange: (name: string, change: Partial<DockerNetwork>) =>
      facts({
        dockerNetworks: dockerNetworks.map((own) =>
          own.name === name ? { ...own, ...change } : own,
        ),
      }),
    withoutNetworks: (...names: readonly string[]) =>
      facts({ dockerNetworks: dockerNetworks.filter(({ name }) => !names.includes(name)) }),
    withContainer: (container: Container) => facts({ containers: [...containers, container] }),
    withContainerChange: (name: string, change: Partial<Container>) =>
      facts({
        containers: containers.map((own) => (own.name === name ? { ...own, ...change } : own)),
      }),
    /** Stops every container: the networks are empty. */
    withoutContainers: () =>
      facts({
        containers: [],
        bridgePorts: [],
        dockerNetworks: dockerNetworks.map((own) => ({ ...own, attachments: [] })),
      }),
    withSocket: (socket: ListeningSocket) => facts({ sockets: [...sockets, socket] }),
    /** Nobody listens on that port. */
    withoutSocket: (protocol: "tcp" | "udp", port: number) =>
      facts({
        sockets: sockets.filter((own) => own.protocol !== protocol || own.port !== port),
      }),
  };
}

function isPlace(dump: Dump, { family = "ipv4", backend = "nf_tables" }: Place): boolean {
  return dump.family === family && dump.backend === backend;
}

function changedTable(
  dump: Dump,
  { table: name = "filter" }: Place,
  change: (table: TableText) => TableText,
): Dump {
  const all = dump.tables.some((own) => own.name === name)
    ? dump.tables
    : [...dump.tables, emptyTable(name)];
  return { ...dump, tables: all.map((own) => (own.name === name ? change(own) : own)) };
}

function inserted(
  rules: readonly string[],
  text: string,
  { at = "last" }: Place,
): readonly string[] {
  return at === "first" ? [text, ...rules] : [...rules, text];
}

function downed(link: Link): Link {
  const flags = link.flags.filter((flag) => flag !== "UP" && flag !== "LOWER_UP");
  return { ...link, flags, adminUp: false, carrier: false, operState: "down" };
}

function isBy(route: Route, ifname: string): boolean {
  return route.nextHops.some(({ outputLink }) => outputLink === ifname);
}
