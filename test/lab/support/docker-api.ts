import { request } from "node:http";

/** One call of the Engine API. */
export interface DockerCall {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  /** Sent as JSON, or as it is when it is a Buffer (a tar). */
  readonly body?: Buffer | object;
  readonly timeoutMs?: number;
}

export interface DockerAnswer {
  readonly status: number;
  readonly text: string;
}

const defaultTimeoutMs = 60_000;

/** Calls the engine behind a socket. Rejects only when there is no HTTP answer. */
export function callDocker(socketPath: string, call: DockerCall): Promise<DockerAnswer> {
  const isTar = Buffer.isBuffer(call.body);
  const body = isTar ? call.body : Buffer.from(call.body ? JSON.stringify(call.body) : "");
  const headers = {
    Host: "docker",
    "Content-Type": isTar ? "application/x-tar" : "application/json",
    "Content-Length": String(body.length),
  };
  return new Promise((resolve, reject) => {
    const { method, path, timeoutMs = defaultTimeoutMs } = call;
    const pending = request({ socketPath, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      });
    });
    pending.setTimeout(timeoutMs, () => {
      pending.destroy(new Error(`${method} ${path}: no answer within ${timeoutMs} ms`));
    });
    pending.on("error", reject);
    pending.end(body);
  });
}

/** As `callDocker`; an answer of 400 and more is an error with what the engine said. */
export async function mustCallDocker(socketPath: string, call: DockerCall): Promise<string> {
  const answer = await callDocker(socketPath, call);
  if (answer.status < 400) return answer.text;
  throw new Error(`${call.method} ${call.path}: ${answer.status} ${answer.text.trim()}`);
}

/** True when the engine behind the socket answers now. */
export async function enginePings(socketPath: string): Promise<boolean> {
  try {
    const call = { method: "GET", path: "/_ping", timeoutMs: 1_000 } as const;
    return (await callDocker(socketPath, call)).text === "OK";
  } catch {
    return false; // no socket yet, or a socket that a killed engine left
  }
}
