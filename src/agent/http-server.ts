import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as HttpsServer } from "node:https";
import { isIP } from "node:net";
import { TLSSocket, type TlsOptions } from "node:tls";
import type { ListenAddress } from "../config/listen-address.ts";
import type { TlsSettings } from "../config/web/web-config.ts";
import type { WebAnswer, WebRequest } from "./routes.ts";
import { clientCertificate } from "./web/client-certificate.ts";
import type { Visitor } from "./web/gatekeeper.ts";

/** A request, and who makes it. */
export interface ServedRequest {
  readonly request: Omit<WebRequest, "isAuthenticated">;
  readonly visitor: Visitor;
}

/** What the server serves, and how. */
export interface Serving {
  serve(request: ServedRequest): Promise<WebAnswer>;
  /** How clients' certificates are judged; asked anew for each request. */
  tlsSettings(): TlsSettings | undefined;
  /** To serve with TLS; absent = without. */
  readonly tls?: TlsOptions;
  /** Making an answer threw. */
  onBug(error: unknown): void;
}

/** A server that answers until it is closed. */
export interface WebServer {
  /** Where it listens, as `http://127.0.0.1:10323` or `https://[::1]:10323`. */
  readonly urls: readonly string[];
  /** Other certificates and other rules for them, for connections to come; only where it speaks TLS already. */
  renewTls(options: TlsOptions): void;
  /** Takes no more connections, lets answers under way end, and after `graceMs` ends them. */
  close(graceMs: number): Promise<void>;
}

export type WebServerOutcome =
  | { readonly ok: true; readonly server: WebServer }
  | { readonly ok: false; readonly message: string };

/** What a connection may take. Requests are short lines from few peers; nobody needs more. */
const limits = {
  maxHeaderSize: 16_384,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
  // Longer than the usual scrape interval, so that a scraper keeps its connection.
  keepAliveTimeout: 75_000,
} as const;
/** A peer that does not take its answer is cut off after this time without a byte, in milliseconds. */
const idleTimeoutMs = 30_000;
const maxConnections = 512;
/** Who does not finish a handshake of TLS is cut off after this time, in milliseconds. */
const handshakeTimeout = 5_000;

/** Security for a browser that shows the answers: nothing may be loaded, framed or guessed. */
const headersOfAll = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
} as const;

/** Listens on every address, or on none. */
export async function startWebServer(
  addresses: readonly ListenAddress[],
  serving: Serving,
): Promise<WebServerOutcome> {
  const outcomes = await Promise.all(addresses.map((address) => listen(address, serving)));
  const listeners = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.listener] : []));
  const failed = outcomes.find((outcome) => !outcome.ok);
  if (failed !== undefined) {
    await Promise.all(listeners.map(({ server }) => closed(server, 0)));
    return failed;
  }
  return {
    ok: true,
    server: {
      urls: listeners.map(urlOf),
      renewTls(options) {
        for (const { secure } of listeners) secure?.(options);
      },
      close: async (graceMs) => {
        await Promise.all(listeners.map(({ server }) => closed(server, graceMs)));
      },
    },
  };
}

interface Listener {
  readonly server: Server | HttpsServer;
  /** Renews what it does with TLS; absent where it speaks none. */
  readonly secure?: (options: TlsOptions) => void;
}

type ListenOutcome =
  | { readonly ok: true; readonly listener: Listener }
  | { readonly ok: false; readonly message: string };

function listen(address: ListenAddress, serving: Serving): Promise<ListenOutcome> {
  const listener = listenerOf(serving);
  const { server } = listener;
  server.maxConnections = maxConnections;
  server.setTimeout(idleTimeoutMs);
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      resolve({ ok: false, message: `cannot listen on ${address.text}: ${reasonOf(error)}` });
    });
    server.listen(
      { port: address.tcpPort, ...(address.host === undefined ? {} : { host: address.host }) },
      () => resolve({ ok: true, listener }),
    );
  });
}

function listenerOf(serving: Serving): Listener {
  if (serving.tls === undefined) {
    const server = createServer(limits);
    server.on("request", requestHandler(server, serving));
    return { server };
  }
  const server = createTlsServer({ ...limits, ...serving.tls, handshakeTimeout });
  server.on("request", requestHandler(server, serving));
  return {
    server,
    secure(options) {
      server.setSecureContext(options);
      // Node reads these two of the server at each connection, and has no other way to change them.
      const { requestCert, rejectUnauthorized } = options;
      Object.assign(server, { requestCert, rejectUnauthorized });
      // Who comes back shows its certificate to the new rules.
      server.closeIdleConnections();
    },
  };
}

function requestHandler(server: Server | HttpsServer, serving: Serving) {
  return (incoming: IncomingMessage, response: ServerResponse): void => {
    const { method } = incoming;
    const served = servedRequest(incoming, { server, settings: serving.tlsSettings() });
    void serving.serve(served).then(
      (answer) => send(response, { answer, method }),
      (error: unknown) => {
        serving.onBug(error);
        const headers = { "Content-Type": "text/plain; charset=utf-8" };
        const body = "a bug in docknet: its log says more\n";
        send(response, { answer: { status: 500, headers, body }, method });
      },
    );
  };
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "EADDRINUSE":
      return "another program listens there; choose another with --web.listen-address";
    case "EACCES":
      return "ports below 1024 need CAP_NET_BIND_SERVICE; choose another port";
    case "EADDRNOTAVAIL":
      return "no link of this host has that address";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "the name has no address";
    default:
      return error.message;
  }
}

function servedRequest(
  incoming: IncomingMessage,
  at: { readonly server: Server | HttpsServer; readonly settings: TlsSettings | undefined },
): ServedRequest {
  const { method = "", url = "", headers, socket } = incoming;
  const encodings = headers["accept-encoding"] ?? "";
  return {
    request: {
      method,
      target: url,
      host: headers.host ?? "",
      accept: headers.accept ?? "",
      acceptEncoding: Array.isArray(encodings) ? encodings.join(",") : encodings,
      loopback: isLoopback(socket.remoteAddress) && isLoopback(boundTo(at.server)),
    },
    visitor: {
      peer: socket.remoteAddress ?? "",
      authorization: headers.authorization ?? "",
      certificate:
        socket instanceof TLSSocket && at.settings !== undefined
          ? clientCertificate(socket, at.settings)
          : { kind: "not-needed" },
    },
  };
}

function send(
  response: ServerResponse,
  what: { readonly answer: WebAnswer; readonly method: string | undefined },
): void {
  const { status, headers, body } = what.answer;
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  response.writeHead(status, { ...headersOfAll, ...headers, "Content-Length": bytes.byteLength });
  response.end(what.method === "HEAD" ? undefined : bytes);
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address);
}

function boundTo(server: Server | HttpsServer): string | undefined {
  const bound = server.address();
  return bound === null || typeof bound === "string" ? undefined : bound.address;
}

function urlOf({ server, secure }: Listener): string {
  const bound = server.address();
  if (bound === null || typeof bound === "string") return "";
  const host = isIP(bound.address) === 6 ? `[${bound.address}]` : bound.address;
  return `${secure === undefined ? "http" : "https"}://${host}:${bound.port}`;
}

function closed(server: Server | HttpsServer, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
  });
}
