import { join } from "node:path";
import { readBundle } from "../../src/host/bundle.ts";
import type { RecordedObservation, Recording } from "../../src/host/recording.ts";
import { type HostQuery, queryKey } from "../../src/model/query.ts";
import { appsNetwork, type Template, webContainer } from "./recording-templates.ts";

/** How large the host is to be. */
export interface Scale {
  /** Running containers in all; the recording itself has seven. */
  readonly containers: number;
  /** Copies of the network `apps`, with two of the containers each; 1 to 150. */
  readonly networks: number;
}

interface Copies {
  readonly template: Template;
  readonly count: number;
}

const recorded = join(import.meta.dirname, "../recordings/lab-h1--healthy");
const recordedContainers = 7;

/**
 * The recording of a healthy lab host with more of everything: containers, endpoints, links, bridge ports, routes, sysctls, rules
 * and docker-proxy's sockets, all of them consistent, so that nothing is wrong with the larger host either. Whatever the recording
 * says about a template is said again of each of its copies, under their own names.
 */
export async function scaledRecording(scale: Scale): Promise<Recording> {
  const read = await readBundle(recorded);
  if (!read.ok) throw new Error(read.failure.message);
  const { recording } = read.bundle;
  const apps = appsNetwork(recording);
  const more = scale.containers - recordedContainers - scale.networks * apps.containers;
  const all: readonly Copies[] = [
    { template: webContainer(recording), count: Math.max(0, more) },
    { template: apps, count: scale.networks },
  ];
  const scaled = all.reduce(
    (so, copies) => so.flatMap((each) => scaleRecord(each, copies)),
    [...recording],
  );
  return withBrctl(scaled).map((each) => withCounts(each, scale.containers));
}

/** A record about the template itself has copies of its own; one that lists it, among others, grows. */
function scaleRecord(
  record: RecordedObservation,
  { template, count }: Copies,
): readonly RecordedObservation[] {
  const { query, observation } = record;
  if (!observation.ok) return [record];
  const key = queryKey(query);
  const texts = copiesOf(observation.text, { template, count });
  const keys = copiesOf(key, { template, count });
  if (keys.length > 0) {
    const own = keys.map((copied, index) => ({
      query: queryOf(copied),
      observation: { ...observation, text: texts[index] ?? observation.text },
    }));
    return [record, ...own];
  }
  const text = grown(query, observation.text, { template, count });
  return [{ query, observation: { ...observation, text } }];
}

function grown(query: HostQuery, text: string, copies: Copies): string {
  if (query.kind === "docker" && query.path.startsWith("/networks/")) {
    const network: Readonly<Record<string, object>> = JSON.parse(text);
    return JSON.stringify({ ...network, Containers: grownMap(network["Containers"], copies) });
  }
  // What a namespace of one container holds does not grow with the others.
  if (query.kind === "command" && query.netns !== undefined) return text;
  if (text.startsWith("[")) return `[${grownList(JSON.parse(text), copies).join(",")}]`;
  if (text.startsWith('{"nftables"')) {
    const { nftables }: { readonly nftables: readonly object[] } = JSON.parse(text);
    return `{"nftables":[${grownList(nftables, copies).join(",")}]}`;
  }
  const isLines = query.kind === "command" || query.kind === "directory";
  return isLines ? grownTexts(text.split("\n"), copies).join("\n") : text;
}

function grownMap(map: object | undefined, copies: Copies): object {
  const entries = Object.entries(map ?? {}).map((entry) => JSON.stringify(entry));
  const all = grownTexts(entries, copies).map((text): [string, object] => JSON.parse(text));
  return Object.fromEntries(all);
}

function grownList(list: readonly object[], copies: Copies): readonly string[] {
  return grownTexts(
    list.map((item) => JSON.stringify(item)),
    copies,
  );
}

function grownTexts(texts: readonly string[], copies: Copies): readonly string[] {
  return texts.flatMap((text) => [text, ...copiesOf(text, copies)]);
}

/** The text once for each copy, under that copy's names; nothing where it does not name the template. */
function copiesOf(text: string, { template, count }: Copies): readonly string[] {
  if (text.search(template.names) < 0) return [];
  return Array.from({ length: count }, (_, index) =>
    text.replaceAll(template.names, (name) => template.renamed(name, index + 1)),
  );
}

function queryOf(key: string): HostQuery {
  return JSON.parse(key);
}

/** `brctl show` prints a bridge's ports in lines below it: written anew from what `bridge -j -d link` says. */
function withBrctl(recording: Recording): Recording {
  const links = recording.find(({ query }) => commandOf(query) === "bridge -j -d link");
  const ports: readonly { readonly ifname: string; readonly master: string }[] =
    links?.observation.ok === true ? JSON.parse(links.observation.text) : [];
  const rows = [...Map.groupBy(ports, ({ master }) => master)].map(([bridge, own]) => {
    const names = own.map(({ ifname }) => ifname).join("\n\t\t\t\t\t\t\t");
    return `${bridge}\t\t8000.0242894549a4\tno\t\t${names}\n`;
  });
  const text = `bridge name\tbridge id\t\tSTP enabled\tinterfaces\n${rows.join("")}`;
  return recording.map((record) => {
    const { query, observation } = record;
    if (commandOf(query) !== "brctl show" || !observation.ok) return record;
    return { query, observation: { ...observation, text } };
  });
}

function commandOf(query: HostQuery): string | undefined {
  return query.kind === "command" ? query.argv.join(" ") : undefined;
}

function withCounts(record: RecordedObservation, containers: number): RecordedObservation {
  const { query, observation } = record;
  if (query.kind !== "docker" || query.path !== "/info" || !observation.ok) return record;
  const text = observation.text
    .replace(/"Containers":\d+/, `"Containers":${containers}`)
    .replace(/"ContainersRunning":\d+/, `"ContainersRunning":${containers}`);
  return { query, observation: { ...observation, text } };
}
