import { createHash } from "node:crypto";
import { z } from "zod";
import type { Recording } from "../../src/host/recording.ts";

/**
 * A part of a recorded host that can be said again under other names: whatever the recording says about it names it by one of
 * these.
 */
export interface Template {
  /** Finds every name in a text. */
  readonly names: RegExp;
  /** What a name becomes in that copy; copies count from 1. */
  renamed(name: string, copy: number): string;
  readonly containers: number;
}

interface Name {
  readonly text: string;
  /** How it is told from the same letters elsewhere; a regular expression around `text`. */
  readonly pattern: string;
  renamed(copy: number): string;
}

/** Container `web` on the default bridge, with its published ports. */
export function webContainer(recording: Recording): Template {
  const ports = links(recording).filter(({ master }) => master === "docker0");
  const web = inspected(recording, "web");
  const names = ports.flatMap((port) => portNames(port, 1));
  return templateOf([...containerNames(web, { base: 20_000 }), ...names], 1);
}

/** Network `apps` with its containers `api` and `client`; the latter is on the internal network `vault` too. */
export function appsNetwork(recording: Recording): Template {
  const api = inspected(recording, "api");
  const client = inspected(recording, "client");
  const id = client.NetworkSettings.Networks["apps"]?.NetworkID ?? "";
  const name = `br-${id.slice(0, 12)}`;
  const bridges = links(recording).filter(({ ifname }) => ifname === name);
  const own = links(recording).filter(({ master }) => master === name);
  const namespaces = new Set(own.map(({ link_netnsid }) => link_netnsid));
  const ports = links(recording).filter(
    ({ master, link_netnsid }) => master !== undefined && namespaces.has(link_netnsid),
  );
  return templateOf(
    [
      { text: "172.18.", pattern: bounded("172\\.18\\."), renamed: (copy) => `10.${100 + copy}.` },
      named("apps"),
      hex(id),
      ...containerNames(api, { base: 40_000, except: "apps" }),
      ...containerNames(client, { base: 50_000, except: "apps" }),
      ...bridges.flatMap((bridge) => linkNames(bridge, 2)),
      ...ports.flatMap((port, index) => portNames(port, index + 3)),
    ],
    2,
  );
}

const endpoint = z.object({
  NetworkID: z.string(),
  EndpointID: z.string(),
  IPAddress: z.string(),
  MacAddress: z.string(),
});
const container = z.object({
  Id: z.string(),
  Name: z.string(),
  NetworkSettings: z.object({
    SandboxID: z.string(),
    Ports: z.record(z.string(), z.array(z.object({ HostPort: z.string() })).nullable()),
    Networks: z.record(z.string(), endpoint),
  }),
});
const link = z.object({
  ifindex: z.number(),
  link_index: z.number().optional(),
  ifname: z.string(),
  master: z.string().optional(),
  link_netnsid: z.number().optional(),
  address: z.string(),
  addr_info: z.array(z.object({ local: z.string().optional() })),
});

type Inspected = z.infer<typeof container>;
type LinkEntry = z.infer<typeof link>;

function inspected(recording: Recording, name: string): Inspected {
  const found = recording
    .flatMap(({ query, observation }) =>
      query.kind === "docker" && observation.ok && /^\/containers\/\w+\/json$/.test(query.path)
        ? container.parse(JSON.parse(observation.text))
        : [],
    )
    .find(({ Name }) => Name === `/${name}`);
  if (found === undefined) throw new Error(`the recording has no container ${name}`);
  return found;
}

function links(recording: Recording): readonly LinkEntry[] {
  const text = recording.flatMap(({ query, observation }) =>
    query.kind === "command" && query.argv.join(" ") === "ip -j -d addr" && observation.ok
      ? observation.text
      : [],
  )[0];
  return z.array(link).parse(JSON.parse(text ?? "[]"));
}

function containerNames(
  { Id, Name, NetworkSettings }: Inspected,
  so: { readonly base: number; readonly except?: string },
): readonly Name[] {
  const ports = Object.values(NetworkSettings.Ports).flatMap((bindings) => bindings ?? []);
  const hostPorts = [...new Set(ports.map(({ HostPort }) => HostPort))];
  return [
    hex(Id),
    hex(NetworkSettings.SandboxID),
    named(Name.slice(1)),
    ...hostPorts.map((text, index) => ({
      text,
      pattern: `(?<![\\w.])${text}(?!\\w)`,
      renamed: (copy: number) => String(so.base + copy * hostPorts.length + index),
    })),
    ...Object.entries(NetworkSettings.Networks).flatMap(([network, own]) => [
      hex(own.EndpointID),
      { text: own.MacAddress, pattern: own.MacAddress, renamed: macOf(own.MacAddress) },
      ...(network === so.except ? [] : [address(own.IPAddress)]),
    ]),
  ];
}

/** Its address in copies: counted on in the third and fourth number of a /16. */
function address(text: string): Name {
  const [first, second] = text.split(".");
  return {
    text,
    pattern: `${bounded(text.replaceAll(".", "\\."))}(?!\\d)`,
    renamed: (copy) => `${first}.${second}.${1 + (copy >> 8)}.${copy & 255}`,
  };
}

function portNames(port: LinkEntry, place: number): readonly Name[] {
  const { ifname: text } = port;
  const name = {
    text,
    pattern: text,
    renamed: (copy: number) => `veth${digest(text, copy).slice(0, 7)}`,
  };
  return [name, ...linkNames(port, place)];
}

/** What names a link beside its name; `place` tells the links of a template apart. */
function linkNames(entry: LinkEntry, place: number): readonly Name[] {
  const { ifindex, link_index: peer, address: mac, addr_info } = entry;
  const own = addr_info.flatMap(({ local = "" }) => (local.startsWith("fe80::") ? [local] : []));
  const index = (value: number, before: string): Name => ({
    text: String(value),
    pattern: `(?<=${before}|"link":"if)${value}(?=[,"])`,
    renamed: (copy) => String(place * 10_000 + copy * 10 + (value % 10)),
  });
  // Another link's peer may have the same number, in a namespace of its own.
  const ofPeer = `"ifindex":${ifindex},"link_index":`;
  return [
    index(ifindex, '"(?:ifindex|link_index)":'),
    ...(peer === undefined ? [] : [index(peer, ofPeer)]),
    { text: mac, pattern: mac, renamed: macOf(mac) },
    ...own.map((text) => ({
      text,
      pattern: text,
      renamed: (copy: number) => `fe80::${digest(text, copy).slice(0, 4)}:${1000 + copy}:${place}`,
    })),
  ];
}

/** Docker shortens its ids to 12 digits in names of bridges, sandboxes and aliases. */
function hex(id: string): Name {
  const text = id.slice(0, 12);
  return { text, pattern: text, renamed: (copy) => digest(text, copy).slice(0, 12) };
}

function named(text: string): Name {
  return { text, pattern: `(?<=["/])${text}(?=")`, renamed: (copy) => `${text}-${copy}` };
}

function bounded(pattern: string): string {
  return `(?<![\\d.])${pattern}`;
}

function macOf(mac: string): (copy: number) => string {
  return (copy) =>
    `02:42${digest(mac, copy)
      .slice(0, 8)
      .replaceAll(/../g, (byte) => `:${byte}`)}`;
}

function digest(text: string, copy: number): string {
  return createHash("sha256").update(`${text} ${copy}`).digest("hex");
}

function templateOf(names: readonly Name[], containers: number): Template {
  const byText = new Map(names.map((name) => [name.text, name]));
  const kinds = [...byText.values()].map(({ pattern }) => pattern);
  return {
    names: new RegExp(kinds.join("|"), "g"),
    renamed: (text, copy) => byText.get(text)?.renamed(copy) ?? text,
    containers,
  };
}
