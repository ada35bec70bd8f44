import type { Json } from "../../src/host/strip-secrets.ts";
import { stripSecrets } from "../../src/host/strip-secrets.ts";
import type { HostQuery } from "../../src/model/query.ts";
import type { ImportedAnswer } from "./imported-answer.ts";
import { derived, derivedFailure } from "./imported-answer.ts";
import type { SavedHost } from "./saved-host.ts";

/** Answers of the Docker API, from what the docker command line printed of them. */
export function dockerAnswers(
  host: SavedHost,
  addressOfNode: ReadonlyMap<string, string>,
): readonly ImportedAnswer[] {
  const version: { readonly Server?: Json } = JSON.parse(host.text("docker_version") ?? "{}");
  return [
    ...fromCli("/version", version.Server, "docker version"),
    ...fromCli("/info", parsed(host, "docker_info"), "docker info"),
    ...networkAnswers(host),
    ...containerAnswers(host),
    ...nodeAnswers(host, addressOfNode),
  ];
}

function fromCli(
  path: `/${string}`,
  body: Json | undefined,
  source: string,
): readonly ImportedAnswer[] {
  const query: HostQuery = { kind: "docker", path };
  return derived(
    query,
    body === undefined ? undefined : JSON.stringify(stripSecrets(path, body)),
    source,
  );
}

function parsed(host: SavedHost, name: string): Json | undefined {
  const text = host.text(name);
  return text === undefined || text === "" ? undefined : JSON.parse(text);
}

type CliNetwork = { readonly Id: string; readonly [key: string]: Json };

function networkAnswers(host: SavedHost): readonly ImportedAnswer[] {
  const networks: readonly CliNetwork[] = JSON.parse(host.text("docker_network_inspect") ?? "[]");
  // The list names no containers: it is the same body with that part empty.
  const list = networks.map((network) => ({ ...network, Containers: {} }));
  return [
    ...fromCli("/networks", list, "docker network inspect"),
    ...networks.flatMap((network) =>
      fromCli(`/networks/${network.Id}`, network, "docker network inspect"),
    ),
  ];
}

interface CliContainer {
  readonly [key: string]: Json;
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly Created: string;
  readonly State: { readonly Status: string; readonly [key: string]: Json };
  readonly Config: { readonly Image: string; readonly [key: string]: Json };
  readonly HostConfig: { readonly NetworkMode: string; readonly [key: string]: Json };
  readonly NetworkSettings: {
    readonly Networks: Json;
    readonly Ports: Readonly<Record<string, readonly CliBinding[] | null>> | null;
  };
}
type CliBinding = { readonly HostIp: string; readonly HostPort: string };

function containerAnswers(host: SavedHost): readonly ImportedAnswer[] {
  const text = host.text("docker_inspect")?.trim();
  if (text === undefined) return [];
  const containers: readonly CliContainer[] = text === "" ? [] : JSON.parse(text);
  const statuses = statusTexts(host);
  const list = containers.map((container) => ({
    Id: container.Id,
    Names: [container.Name],
    Image: container.Config.Image,
    ImageID: container.Image,
    Created: Math.floor(Date.parse(container.Created) / 1000),
    Ports: portsOf(container),
    State: container.State.Status,
    Status: statuses.get(container.Id) ?? "",
    HostConfig: { NetworkMode: container.HostConfig.NetworkMode },
    NetworkSettings: { Networks: container.NetworkSettings.Networks },
  }));
  return [
    ...fromCli("/containers/json?all=1", list, "docker inspect and docker ps -a"),
    ...containers.flatMap((container) =>
      fromCli(`/containers/${container.Id}/json`, container, "docker inspect"),
    ),
  ];
}

function portsOf({ NetworkSettings }: CliContainer): readonly Json[] {
  return Object.entries(NetworkSettings.Ports ?? {}).flatMap(([exposed, bindings]) => {
    const [port = "", Type = "tcp"] = exposed.split("/");
    const PrivatePort = Number(port);
    if (bindings === null || bindings.length === 0) return [{ PrivatePort, Type }];
    return bindings.map(({ HostIp, HostPort }) => ({
      IP: HostIp,
      PrivatePort,
      PublicPort: Number(HostPort),
      Type,
    }));
  });
}

/** `docker ps` prints one object a line, without the list's other fields. */
function statusTexts(host: SavedHost): ReadonlyMap<string, string> {
  return new Map(
    objectLines<{ readonly ID: string; readonly Status: string }>(host.text("docker_ps")).map(
      ({ ID, Status }) => [ID, Status],
    ),
  );
}

interface CliNode {
  readonly ID: string;
  readonly Hostname: string;
  readonly Status: string;
  readonly Availability: string;
  readonly ManagerStatus: string;
}

/** `docker node ls` lacks the addresses; those are in what each node says of itself. */
function nodeAnswers(
  host: SavedHost,
  addressOfNode: ReadonlyMap<string, string>,
): readonly ImportedAnswer[] {
  const refusal = /^Error response from daemon: (.*)/.exec(
    host.stderr("docker_node_ls") ?? "",
  )?.[1];
  if (refusal !== undefined) {
    const message = `the Docker API answered /nodes with HTTP 503: ${refusal}`;
    const failure = { kind: "bad-answer", message, httpStatus: 503 } as const;
    return derivedFailure({ kind: "docker", path: "/nodes" }, failure, "docker node ls");
  }
  const nodes = objectLines<CliNode>(host.text("docker_node_ls"));
  if (nodes.length === 0 || nodes.some(({ ID }) => !addressOfNode.has(ID))) return [];
  const list = nodes.map((node) => nodeBody(node, addressOfNode.get(node.ID) ?? ""));
  return fromCli("/nodes", list, "docker node ls and docker info of each node");
}

function nodeBody(node: CliNode, Addr: string): Json {
  const isManager = node.ManagerStatus !== "";
  const status = { Reachability: "reachable", Addr: `${Addr}:2377` };
  const leader = node.ManagerStatus === "Leader" ? { Leader: true, ...status } : status;
  return {
    ID: node.ID,
    Spec: {
      Role: isManager ? "manager" : "worker",
      Availability: node.Availability.toLowerCase(),
    },
    Description: { Hostname: node.Hostname },
    Status: { State: node.Status.toLowerCase(), Addr },
    ...(isManager ? { ManagerStatus: leader } : {}),
  };
}

function objectLines<T>(text: string | undefined): readonly T[] {
  return (text ?? "")
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}
