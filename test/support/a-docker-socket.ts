import type { IncomingMessage, RequestListener } from "node:http";
import { createServer } from "node:http";
import type { Server, Socket } from "node:net";
import { createServer as createSocketServer } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { tempDirectory } from "./temp-directory.ts";

/** An engine on a socket of this test's own that answers each path, without the version, with a body. */
export function aDockerSocket(
  answers: Readonly<Record<string, unknown>>,
  asked: string[] = [],
): Promise<string> {
  return anHttpSocket((request, response) => {
    const path = askedPath(request);
    asked.push(`${request.method} ${request.url}`);
    const body = answers[path];
    response.setHeader("Api-Version", "1.41");
    response.statusCode = body === undefined ? 404 : 200;
    response.end(JSON.stringify(body ?? { message: `no such thing: ${path}` }));
  });
}

/** What an engine says of itself, as far as docknet needs it. */
export const anEngine = { Version: "20.10.24", ApiVersion: "1.41", MinAPIVersion: "1.12" } as const;

/** An HTTP server on a unix socket. */
export function anHttpSocket(listener: RequestListener): Promise<string> {
  return listening(createServer(listener));
}

/** A server that does with each connection what it is told: says nothing, says nonsense, hangs up. */
export function aRawSocket(onConnection: (socket: Socket) => void): Promise<string> {
  const open = new Set<Socket>();
  const server = createSocketServer((socket) => {
    open.add(socket);
    socket.on("error", () => socket.destroy());
    onConnection(socket);
  });
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
  });
  return listening(server);
}

function askedPath(request: IncomingMessage): string {
  return (request.url ?? "").replace(/^\/v\d+\.\d+/, "");
}

function listening(server: Server): Promise<string> {
  const path = join(tempDirectory(), "docker.sock");
  onTestFinished(() => {
    server.close();
    if ("closeAllConnections" in server && typeof server.closeAllConnections === "function") {
      server.closeAllConnections();
    }
  });
  return new Promise((resolve) => server.listen(path, () => resolve(path)));
}
