import type { IncomingMessage } from "node:http";
import { request } from "node:http";
import { errorCode } from "./live-answer.ts";

/** What a GET over a unix socket came to. */
export type HttpOutcome =
  | {
      readonly how: "answered";
      readonly status: number;
      readonly body: string;
      /** Whether it carried the header Api-Version, which every answer of the engine has. */
      readonly isDocker: boolean;
    }
  | { readonly how: "timed-out" }
  | { readonly how: "cancelled" }
  | { readonly how: "too-long"; readonly maxBytes: number }
  | { readonly how: "cut-off" }
  | { readonly how: "broken"; readonly error: unknown };

export interface HttpLimits {
  /** For connecting, the headers and the whole body together. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Largest body in bytes; absent = 64 MiB. */
  readonly maxBytes?: number;
}

/**
 * One GET over a unix socket. Never rejects, and never outlives its time limit. A run asks hundreds of these: one timer and plain
 * events take half the time of abort signals and an iterator.
 */
export function getOverSocket(
  socketPath: string,
  path: string,
  limits: HttpLimits,
): Promise<HttpOutcome> {
  const { signal, timeoutMs, maxBytes = defaultMaxBytes } = limits;
  if (signal?.aborted === true) return Promise.resolve({ how: "cancelled" });
  return new Promise((resolve) => {
    const headers = { Host: "docker", Accept: "application/json" };
    const asked = request({ socketPath, path, method: "GET", headers, agent: false });
    const end = (outcome: HttpOutcome): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", cancel);
      asked.destroy();
      resolve(outcome);
    };
    const cancel = (): void => end({ how: "cancelled" });
    const timer = setTimeout(() => end({ how: "timed-out" }), timeoutMs);
    signal?.addEventListener("abort", cancel, { once: true });
    asked.on("error", (error) => end({ how: "broken", error }));
    asked.once("response", (response) => readBody(response, maxBytes, end));
    asked.end();
  });
}

const defaultMaxBytes = 64 * 1024 * 1024;
const cutOff: HttpOutcome = { how: "cut-off" };

/** The first outcome counts: what a connection does after its end is not heard. */
function readBody(
  response: IncomingMessage,
  maxBytes: number,
  end: (outcome: HttpOutcome) => void,
): void {
  const chunks: Buffer[] = [];
  let total = 0;
  response.on("data", (chunk: Buffer) => {
    total += chunk.length;
    chunks.push(chunk);
    if (total > maxBytes) end({ how: "too-long", maxBytes });
  });
  response.on("error", (error) => end(isCutOff(error) ? cutOff : { how: "broken", error }));
  response.on("end", () =>
    end(
      response.complete
        ? {
            how: "answered",
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString("utf8"),
            isDocker: response.headers["api-version"] !== undefined,
          }
        : cutOff,
    ),
  );
}

function isCutOff(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE" || code === "EPIPE";
}
