import type { Failure } from "../model/failure.ts";
import { notFound, notPermitted, refused, timedOut } from "../model/failure.ts";
import type { LiveAnswer } from "./live-answer.ts";
import { answered, errorCode, errorText, failed } from "./live-answer.ts";
import type { HttpLimits, HttpOutcome } from "./live-http.ts";
import { getOverSocket } from "./live-http.ts";
import type { Json } from "./strip-secrets.ts";
import { stripSecrets } from "./strip-secrets.ts";

/** A client of one Docker socket that has one verb, GET. */
export interface DockerClient {
  get(path: string): Promise<LiveAnswer>;
}

export type DockerOptions = HttpLimits & {
  /** Path of the unix socket, such as `/var/run/docker.sock`. */
  readonly socketPath: string;
};

/** Negotiates the API version at the first question and asks everything after it under that version. */
export function dockerClient(options: DockerOptions): DockerClient {
  const unversioned = (path: string) => askDocker(path, path, options);
  let negotiation: Promise<Negotiated> | undefined;
  const negotiated = async (): Promise<Negotiated> => {
    negotiation ??= unversioned("/version").then((version) => negotiate(version, options));
    const outcome = await negotiation;
    // A daemon that did not answer may be back at the next question.
    if (!outcome.ok) negotiation = undefined;
    return outcome;
  };
  return {
    async get(path) {
      if (path === "/version") return unversioned(path);
      const version = await negotiated();
      if (!version.ok) return version;
      return askDocker(path, `/v${version.apiVersion}${path}`, options);
    },
  };
}

/** Newest API version whose answers docknet knows. */
const newestKnown = "1.55";
/** Docker 1.12, the first with this shape of the answers. */
const oldestKnown = "1.24";

type Negotiated =
  | { readonly ok: true; readonly apiVersion: string }
  | { readonly ok: false; readonly failure: Failure };

function negotiate(version: LiveAnswer, { socketPath }: DockerOptions): Negotiated {
  if (!version.ok) return version;
  const offered = parsedJson(version.text);
  const newest = offered.ok ? versionField(offered.value, "ApiVersion") : undefined;
  if (!offered.ok || newest === undefined) return { ok: false, failure: notDocker(socketPath) };
  const oldest = versionField(offered.value, "MinAPIVersion") ?? oldestKnown;
  if (isOlder(newest, oldestKnown)) {
    const message = `the Docker Engine at "${socketPath}" speaks API ${newest}; docknet needs ${oldestKnown} or newer: update the engine`;
    return { ok: false, failure: { kind: "bad-answer", message } };
  }
  if (isOlder(newestKnown, oldest)) {
    const message = `the Docker Engine at "${socketPath}" needs API ${oldest} or newer and docknet knows ${newestKnown}: update docknet`;
    return { ok: false, failure: { kind: "bad-answer", message } };
  }
  return { ok: true, apiVersion: isOlder(newest, newestKnown) ? newest : newestKnown };
}

function versionField(answer: Json, key: string): string | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  const entry = Object.entries(answer).find(([name]) => name === key)?.[1];
  return typeof entry === "string" && /^\d+\.\d+$/.test(entry) ? entry : undefined;
}

function isOlder(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split(".").map(Number);
  const [majorB = 0, minorB = 0] = b.split(".").map(Number);
  return majorA === majorB ? minorA < minorB : majorA < majorB;
}

async function askDocker(
  path: string,
  versionedPath: string,
  options: DockerOptions,
): Promise<LiveAnswer> {
  const outcome = await getOverSocket(options.socketPath, versionedPath, options);
  if (outcome.how !== "answered") return failed(transportFailure(path, outcome, options));
  const said = parsedJson(outcome.body);
  if (outcome.status < 200 || outcome.status > 299) {
    return failed({
      kind: "bad-answer",
      message: `the Docker API answered ${path} with HTTP ${outcome.status}: ${messageOf(said)}`,
      httpStatus: outcome.status,
    });
  }
  if (!said.ok) {
    return failed({
      kind: "bad-answer",
      message: outcome.isDocker
        ? `the Docker API's answer to ${path} is not whole JSON; see the daemon's log`
        : notDocker(options.socketPath).message,
    });
  }
  const isVersion = path === "/version";
  if (isVersion && versionField(said.value, "ApiVersion") === undefined) {
    return failed(notDocker(options.socketPath));
  }
  return answered(JSON.stringify(stripSecrets(path, said.value)));
}

function transportFailure(
  path: string,
  outcome: Exclude<HttpOutcome, { readonly how: "answered" }>,
  { socketPath, timeoutMs }: DockerOptions,
): Failure {
  switch (outcome.how) {
    case "timed-out":
      return timedOut(
        `the Docker socket "${socketPath}" gave no whole answer to ${path} within ${timeoutMs} ms; the daemon may hang: see its log`,
        timeoutMs,
      );
    case "cancelled":
      return timedOut(`the time of the run is over before Docker answered ${path}`, timeoutMs);
    case "too-long":
      return refused(`the Docker API's answer to ${path} is longer than ${outcome.maxBytes} bytes`);
    case "cut-off":
      return {
        kind: "bad-answer",
        message: `the Docker API closed the connection in the middle of its answer to ${path}; see the daemon's log`,
      };
    case "broken":
      return socketFailure(socketPath, outcome.error);
  }
}

function socketFailure(socketPath: string, error: unknown): Failure {
  switch (errorCode(error)) {
    case "ENOENT":
    case "ENOTDIR":
      return notFound(
        `no Docker socket at "${socketPath}"; start the daemon, or name its socket with DOCKER_HOST`,
      );
    case "EACCES":
    case "EPERM":
      return notPermitted(
        `the Docker socket "${socketPath}" may not be opened by this user; add the user to group docker or run as root`,
      );
    case "ECONNREFUSED":
      return {
        kind: "connection-refused",
        message: `nothing listens on the Docker socket "${socketPath}"; the daemon is not running: start it`,
      };
    case "ECONNRESET":
    case "EPIPE":
      return {
        kind: "bad-answer",
        message: `the Docker socket "${socketPath}" closed the connection without an answer; see the daemon's log`,
      };
    default:
      return {
        kind: "bad-answer",
        message: `${notDocker(socketPath).message} (${errorText(error)})`,
      };
  }
}

function notDocker(socketPath: string): Failure {
  return {
    kind: "bad-answer",
    message: `what listens on "${socketPath}" is not the Docker Engine; name Docker's socket with DOCKER_HOST`,
  };
}

type JsonOutcome = { readonly ok: true; readonly value: Json } | { readonly ok: false };

function parsedJson(text: string): JsonOutcome {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

/** Errors of the API are `{"message": "…"}`. */
function messageOf(said: JsonOutcome): string {
  if (!said.ok || typeof said.value !== "object" || said.value === null) return "no message";
  const message = Object.entries(said.value).find(([name]) => name === "message")?.[1];
  return typeof message === "string" ? message.slice(0, 500).trim() : "no message";
}
