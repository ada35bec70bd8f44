import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startWebServer } from "../../src/agent/http-server.ts";
import { type AgentUnderTest, aConfig, anAgent, loaded } from "../support/an-agent.ts";

let agent: AgentUnderTest;
beforeAll(async () => {
  agent = await anAgent();
  await vi.waitFor(async () => expect((await agent.get("/-/ready")).status).toBe(200));
});
afterAll(() => agent.stop());

/** What the server says to raw bytes until it closes the connection. */
async function say(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(agent.url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(bytes);
  return text(socket);
}

const firstLine = async (bytes: string): Promise<string> =>
  (await say(bytes)).split("\r\n")[0] ?? "";

const end = "Host: 127.0.0.1\r\nConnection: close\r\n\r\n";

describe("web server", () => {
  test("sends the exposition with its type and length, compressed for those who ask", async () => {
    const plain = await agent.get("/metrics", { headers: { "accept-encoding": "identity" } });
    const gzipped = await agent.get("/metrics", { headers: { "accept-encoding": "gzip" } });
    expect([
      plain.headers.get("content-type"),
      plain.headers.get("content-encoding"),
      gzipped.headers.get("content-encoding"),
      await gzipped.text(),
    ]).toEqual(["text/plain; version=0.0.4; charset=utf-8", null, "gzip", await plain.text()]);
  });

  test("answers HEAD with the head alone", async () => {
    const answer = await say(`HEAD /-/healthy HTTP/1.1\r\n${end}`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*Content-Length: 20\r\n.*\r\n\r\n$/s);
  });

  test.each([
    ["an unknown path", `GET /nope HTTP/1.1\r\n${end}`, "HTTP/1.1 404 Not Found"],
    ["a path that climbs", `GET /../../etc/passwd HTTP/1.1\r\n${end}`, "HTTP/1.1 404 Not Found"],
    ["a whole URL", `GET http://[/metrics HTTP/1.1\r\n${end}`, "HTTP/1.1 404 Not Found"],
    ["a broken escape", `GET /%zz HTTP/1.1\r\n${end}`, "HTTP/1.1 404 Not Found"],
    ["another method", `DELETE /metrics HTTP/1.1\r\n${end}`, "HTTP/1.1 405 Method Not Allowed"],
    ["no host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 400 Bad Request"],
    ["a host that is none", "GET /report HTTP/1.0\r\nHost: a b\r\n\r\n", "HTTP/1.1 403 Forbidden"],
    ["noise", "\u0001\u0002\r\n\r\n", "HTTP/1.1 400 Bad Request"],
    [
      "a head that is too long",
      `GET / HTTP/1.1\r\nX: ${"a".repeat(20_000)}\r\n${end}`,
      "HTTP/1.1 431 Request Header Fields Too Large",
    ],
  ])("takes %s calmly", async (_, bytes, status) => {
    expect(await firstLine(bytes)).toBe(status);
  });

  test("does not read the body of a request", async () => {
    const bytes = `POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n${end}hello`;
    expect(await firstLine(bytes)).toBe("HTTP/1.1 405 Method Not Allowed");
  });

  test("outlives an answer that throws, and tells it", async () => {
    const bugs: unknown[] = [];
    const started = await startWebServer([{ text: ":0", host: "127.0.0.1", tcpPort: 0 }], {
      serve: () => Promise.reject(new Error("oops")),
      tlsSettings: () => undefined,
      onBug: (error) => bugs.push(error),
    });
    if (!started.ok) throw new Error(started.message);
    const statuses = [
      await fetch(started.server.urls[0] ?? ""),
      await fetch(started.server.urls[0] ?? ""),
    ];
    await started.server.close(0);
    expect([statuses.map(({ status }) => status), bugs.length]).toEqual([[500, 500], 2]);
  });

  test("tells why it cannot listen", async () => {
    const serving = {
      serve: async () => ({ status: 200, headers: {}, body: "" }),
      tlsSettings: () => undefined,
      onBug: () => undefined,
    };
    const address = { text: "192.0.2.1:0", host: "192.0.2.1", tcpPort: 0 };
    expect(await startWebServer([address], serving)).toEqual({
      ok: false,
      message: "cannot listen on 192.0.2.1:0: no link of this host has that address",
    });
  });
});

describe("an address for every peer", () => {
  test("does not serve the report, even to this host", async () => {
    const web = { telemetryPath: "/metrics", listenAddresses: [{ text: ":0", tcpPort: 0 }] };
    const open = await anAgent({ loadConfig: async () => loaded(aConfig({ web })) });
    const { port } = new URL(open.url);
    const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    await vi.waitFor(async () => expect(await status("/-/ready")).toBe(200));
    expect([await status("/report"), await status("/metrics")]).toEqual([403, 200]);
    await open.stop();
  });
});
