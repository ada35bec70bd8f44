import { stripSwarm } from "./strip-swarm.ts";

/** A value as JSON.parse gives it. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/**
 * Takes out of an answer of the Docker API what docknet does not read and must not keep: environment variables, command lines,
 * values of labels, credentials. Done before the answer becomes an observation, so that no bundle can hold them.
 */
export function stripSecrets(path: string, answer: Json): Json {
  if (/^\/containers\/[^/]+\/json$/.test(path)) return scrubbed(keepContainer(answer));
  if (path.startsWith("/containers/json")) {
    return scrubbed(
      isList(answer) ? answer.map((item) => pick(item, listedContainerKeys)) : answer,
    );
  }
  if (path === "/services") return scrubbed(stripSwarm(path, answer));
  if (path === "/tasks") return scrubbed(withNetworkErrors(stripSwarm(path, answer)));
  if (path === "/info") return scrubbed(drop(answer, infoKeysWithSecrets));
  return scrubbed(answer);
}

const containerKeys = [
  ...["Id", "Name", "Created", "Driver", "Platform", "Image", "ResolvConfPath", "HostsPath"],
  ...["State", "Config", "HostConfig", "NetworkSettings"],
];
const stateKeys = [
  ...["Status", "Running", "Paused", "Restarting", "OOMKilled", "Dead", "Pid", "ExitCode"],
  ...["Error", "StartedAt", "FinishedAt"],
];
const configKeys = ["Hostname", "Domainname", "ExposedPorts", "NetworkDisabled"];
const hostConfigKeys = [
  ...["NetworkMode", "PortBindings", "PublishAllPorts", "AutoRemove", "RestartPolicy", "Runtime"],
  ...["Dns", "DnsOptions", "DnsSearch", "ExtraHosts", "Links", "Privileged", "CapAdd", "CapDrop"],
  ...["Sysctls", "PidMode", "IpcMode"],
];
const listedContainerKeys = [
  ...["Id", "Names", "Image", "ImageID", "Created", "Ports", "State", "Status", "HostConfig"],
  "NetworkSettings",
];
// The command line adds ClientInfo to /info; it tells about the person's own account.
const infoKeysWithSecrets = ["RegistryConfig", "HttpProxy", "HttpsProxy", "ClientInfo", "Runtimes"];

function keepContainer(answer: Json): Json {
  const kept = pick(answer, containerKeys);
  if (!isRecord(kept)) return kept;
  return {
    ...kept,
    ...withNetworkError(picked(kept, "State", stateKeys)),
    ...picked(kept, "Config", configKeys),
    ...picked(kept, "HostConfig", hostConfigKeys),
  };
}

function picked(record: JsonRecord, key: string, keys: readonly string[]): JsonRecord {
  const value = record[key];
  return value === undefined ? {} : { [key]: pick(value, keys) };
}

/** Why a container could not start: errors of the network stay, those of its program may quote the command line. */
function withNetworkError({ State: state }: JsonRecord): JsonRecord {
  if (state === undefined) return {};
  if (!isRecord(state) || typeof state["Error"] !== "string") return { State: state };
  return { State: isNetworkError(state["Error"]) ? state : { ...state, Error: "" } };
}

/** The same for tasks, whose errors are those of their containers. */
function withNetworkErrors(tasks: Json): Json {
  if (!isList(tasks)) return tasks;
  return tasks.map((task) => {
    if (!isRecord(task)) return task;
    const status = task["Status"];
    if (status === undefined || !isRecord(status) || typeof status["Err"] !== "string") return task;
    return isNetworkError(status["Err"]) ? task : { ...task, Status: { ...status, Err: "" } };
  });
}

function isNetworkError(text: string): boolean {
  const ofProgram = /OCI runtime|\bexec\b|\brunc\b|entrypoint|command|mount/i.test(text);
  return (
    !ofProgram && /network|endpoint|\bports?\b|address|iptables|nftables|sandbox|vxlan/i.test(text)
  );
}

type JsonRecord = { readonly [key: string]: Json };

/** The second line of defence, on every answer and at every depth. */
function scrubbed(value: Json): Json {
  if (isList(value)) return value.map(scrubbed);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "Env")
      .map(([key, inner]) => [key, scrubbedEntry(key, inner)]),
  );
}

function scrubbedEntry(key: string, value: Json): Json {
  if (key === "Labels") return withoutLabelValues(value);
  if (typeof value === "string" && /passw|secret|token|credential|apikey/i.test(key)) return "";
  return scrubbed(value);
}

/** The engine's own labels are `name=value` words, those of objects are a record. */
function withoutLabelValues(labels: Json): Json {
  if (isList(labels)) {
    return labels.map((label) => (typeof label === "string" ? (label.split("=")[0] ?? "") : ""));
  }
  return isRecord(labels)
    ? Object.fromEntries(Object.keys(labels).map((name) => [name, ""]))
    : labels;
}

function pick(value: Json, keys: readonly string[]): Json {
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)))
    : value;
}

function drop(value: Json, keys: readonly string[]): Json {
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))
    : value;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isRecord(value: Json): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
