import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DockerOptions } from "../../src/host/live-docker.ts";
import { dockerClient } from "../../src/host/live-docker.ts";
import { aDockerSocket, anEngine, anHttpSocket, aRawSocket } from "../support/a-docker-socket.ts";
import { asOrdinaryUser } from "../support/as-ordinary-user.ts";
import { tempDirectory } from "../support/temp-directory.ts";

describe("dockerClient", () => {
  test("asks for the version once and uses it from then on", async () => {
    const asked: string[] = [];
    const socket = await aDockerSocket(
      { "/version": anEngine, "/info": {}, "/networks": [] },
      asked,
    );
    const docker = client(socket);
    const answers = await Promise.all([docker.get("/info"), docker.get("/networks")]);
    expect(answers).toEqual([
      { ok: true, text: "{}" },
      { ok: true, text: "[]" },
    ]);
    expect(asked).toEqual(["GET /version", "GET /v1.41/info", "GET /v1.41/networks"]);
  });

  test("says so when an older engine takes over in the middle of a run; the next run speaks its API", async () => {
    let newest = "1.41";
    const socket = await anHttpSocket((request, response) => {
      const [, asked = newest] = /^\/v(\d+\.\d+)\//.exec(request.url ?? "") ?? [];
      const isTooNew = Number(asked) > Number(newest);
      response.setHeader("Api-Version", newest);
      response.statusCode = isTooNew ? 400 : 200;
      const message = `client version ${asked} is too new. Maximum supported API version is ${newest}`;
      const version = { ...anEngine, ApiVersion: newest };
      response.end(
        JSON.stringify(isTooNew ? { message } : request.url === "/version" ? version : {}),
      );
    });
    const thisRun = client(socket);
    expect(await thisRun.get("/info")).toEqual({ ok: true, text: "{}" });
    newest = "1.30";
    expect(await thisRun.get("/networks")).toEqual({
      ok: false,
      failure: {
        kind: "bad-answer",
        httpStatus: 400,
        message:
          "the Docker API answered /networks with HTTP 400: client version 1.41 is too new. Maximum supported API version is 1.30",
      },
    });
    expect(await client(socket).get("/networks")).toEqual({ ok: true, text: "{}" });
  });

  test.each([
    ["1.41", "1.12", "1.41"],
    ["1.60", "1.44", "1.55"],
    ["1.24", "1.12", "1.24"],
  ])(
    "speaks to an engine with API %s (from %s) in API %s",
    async (ApiVersion, MinAPIVersion, used) => {
      const asked: string[] = [];
      const version = { ...anEngine, ApiVersion, MinAPIVersion };
      const socket = await aDockerSocket({ "/version": version, "/info": {} }, asked);
      await client(socket).get("/info");
      expect(asked).toEqual(["GET /version", `GET /v${used}/info`]);
    },
  );

  test.each([
    ["1.23", "1.12", /speaks API 1\.23; docknet needs 1\.24 or newer: update the engine$/],
    ["2.10", "1.60", /needs API 1\.60 or newer and docknet knows 1\.55: update docknet$/],
  ])(
    "does not speak to an engine with API %s (from %s)",
    async (ApiVersion, MinAPIVersion, message) => {
      const socket = await aDockerSocket({
        "/version": { ...anEngine, ApiVersion, MinAPIVersion },
      });
      expect(await client(socket).get("/info")).toEqual({
        ok: false,
        failure: { kind: "bad-answer", message: expect.stringMatching(message) },
      });
    },
  );

  test("passes on the status and the message of an error", async () => {
    const socket = await aDockerSocket({ "/version": anEngine });
    expect(await client(socket).get("/nodes")).toEqual({
      ok: false,
      failure: {
        kind: "bad-answer",
        message: "the Docker API answered /nodes with HTTP 404: no such thing: /nodes",
        httpStatus: 404,
      },
    });
  });

  test("passes on that a proxy before the socket refuses a path, and hears the others", async () => {
    const socket = await anHttpSocket((request, response) => {
      const isRefused = request.url?.endsWith("/nodes") === true;
      response.statusCode = isRefused ? 403 : 200;
      response.end(isRefused ? "<html>Forbidden</html>" : JSON.stringify(anEngine));
    });
    const docker = client(socket);
    expect(await docker.get("/nodes")).toEqual({
      ok: false,
      failure: {
        kind: "bad-answer",
        message: "the Docker API answered /nodes with HTTP 403: no message",
        httpStatus: 403,
      },
    });
    expect(await docker.get("/info")).toEqual({ ok: true, text: JSON.stringify(anEngine) });
  });

  test("says that there is no socket", async () => {
    const socket = join(tempDirectory(), "docker.sock");
    expect(await client(socket).get("/info")).toEqual({
      ok: false,
      failure: {
        kind: "not-found",
        message: `no Docker socket at "${socket}"; start the daemon, or name its socket with DOCKER_HOST`,
      },
    });
  });

  test("says that nothing listens", async () => {
    const socket = join(tempDirectory(), "docker.sock");
    writeFileSync(socket, "");
    expect(await client(socket).get("/info")).toEqual({
      ok: false,
      failure: {
        kind: "connection-refused",
        message: `nothing listens on the Docker socket "${socket}"; the daemon is not running: start it`,
      },
    });
  });

  test("says who may open the socket", async () => {
    const socket = await aDockerSocket({ "/version": anEngine });
    chmodSync(join(socket, ".."), 0o755);
    chmodSync(socket, 0o000);
    expect(await asOrdinaryUser(() => client(socket).get("/info"))).toEqual({
      ok: false,
      failure: {
        kind: "not-permitted",
        message: `the Docker socket "${socket}" may not be opened by this user; add the user to group docker or run as root`,
      },
    });
  });

  test("gives up on a socket that accepts and never answers", async () => {
    const socket = await aRawSocket(() => undefined);
    expect(await client(socket, { timeoutMs: 200 }).get("/info")).toEqual(hangs(socket));
  });

  test("gives up on headers without a body", async () => {
    const socket = await aRawSocket((connection) => {
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
    });
    expect(await client(socket, { timeoutMs: 200 }).get("/info")).toEqual(hangs(socket));
  });

  test("gives up on a body that trickles in without an end", async () => {
    const socket = await anHttpSocket((_request, response) => {
      const timer = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(timer));
    });
    expect(await client(socket, { timeoutMs: 200 }).get("/info")).toEqual(hangs(socket));
  });

  test("asks a daemon that hung again, without holding the hang against it", async () => {
    let hung = false;
    const socket = await anHttpSocket((request, response) => {
      if (!hung) {
        hung = true;
        return;
      }
      response.end(JSON.stringify(request.url === "/version" ? anEngine : {}));
    });
    const docker = client(socket, { timeoutMs: 300 });
    expect(await docker.get("/info")).toEqual({ ...hangs(socket, 300) });
    expect(await docker.get("/info")).toEqual({ ok: true, text: "{}" });
  });

  test("stops when the run is over", async () => {
    const stop = new AbortController();
    const socket = await aRawSocket(() => stop.abort());
    expect(await client(socket, { signal: stop.signal }).get("/info")).toEqual({
      ok: false,
      failure: {
        kind: "timed-out",
        message: "the time of the run is over before Docker answered /version",
        timeoutMs: 5000,
      },
    });
  });

  test("sees that a body was cut off", async () => {
    const socket = await aRawSocket((connection) => {
      connection.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"ApiVersion":');
    });
    expect(await client(socket).get("/version")).toEqual({
      ok: false,
      failure: {
        kind: "bad-answer",
        message:
          "the Docker API closed the connection in the middle of its answer to /version; see the daemon's log",
      },
    });
  });

  test("sees that a connection was closed without an answer", async () => {
    const socket = await aRawSocket((connection) =>
      connection.once("data", () => connection.end()),
    );
    expect(await client(socket).get("/version")).toEqual({
      ok: false,
      failure: {
        kind: "bad-answer",
        message: `the Docker socket "${socket}" closed the connection without an answer; see the daemon's log`,
      },
    });
  });

  test("sees half a JSON", async () => {
    const socket = await anHttpSocket((request, response) => {
      response.setHeader("Api-Version", "1.41");
      response.end(request.url === "/version" ? JSON.stringify(anEngine) : '[{"Id":"0bcf');
    });
    expect(await client(socket).get("/networks")).toEqual({
      ok: false,
      failure: {
        kind: "bad-answer",
        message: "the Docker API's answer to /networks is not whole JSON; see the daemon's log",
      },
    });
  });

  test.each([
    ["a web server", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"],
    ["an API that is another's", 'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"version":"1"}'],
    ["no HTTP at all", "220 mail.example.org ESMTP\r\n"],
    ["binary", "\u0000\u0001\u0002\u0003\r\n\r\n"],
  ])("sees that %s is not Docker", async (_what, said) => {
    const socket = await aRawSocket((connection) => connection.end(said));
    expect(await client(socket).get("/info")).toEqual({
      ok: false,
      failure: {
        kind: "bad-answer",
        message: expect.stringContaining(
          `what listens on "${socket}" is not the Docker Engine; name Docker's socket with DOCKER_HOST`,
        ),
      },
    });
  });

  test("refuses an answer over the limit", async () => {
    const endless = { networks: "x".repeat(5000) };
    const socket = await aDockerSocket({ "/version": anEngine, "/networks": endless });
    expect(await client(socket, { maxBytes: 1000 }).get("/networks")).toEqual({
      ok: false,
      failure: {
        kind: "refused",
        message: "the Docker API's answer to /networks is longer than 1000 bytes",
      },
    });
  });

  test("lets no environment variable of a container through", async () => {
    const container = { Id: "0bcf", Config: { Env: ["PASSWORD=hunter2"], Hostname: "web" } };
    const socket = await aDockerSocket({
      "/version": anEngine,
      "/containers/0bcf/json": container,
    });
    expect(await client(socket).get("/containers/0bcf/json")).toEqual({
      ok: true,
      text: '{"Id":"0bcf","Config":{"Hostname":"web"}}',
    });
  });
});

function client(socketPath: string, options: Partial<DockerOptions> = {}) {
  return dockerClient({ socketPath, timeoutMs: 5000, ...options });
}

function hangs(socket: string, timeoutMs = 200) {
  return {
    ok: false,
    failure: {
      kind: "timed-out",
      message: `the Docker socket "${socket}" gave no whole answer to /version within ${timeoutMs} ms; the daemon may hang: see its log`,
      timeoutMs,
    },
  };
}
