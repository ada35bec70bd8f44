import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type AgentUnderTest, anAgent } from "../support/an-agent.ts";

let agent: AgentUnderTest;
beforeAll(async () => {
  agent = await anAgent();
  await vi.waitFor(async () => expect((await agent.get("/-/ready")).status).toBe(200));
});
afterAll(() => agent.stop());

const request = "GET /metrics HTTP/1.1\r\nHost: x\r\n";

interface Peer {
  readonly socket: Socket;
  /** What the agent sent before it closed the connection. */
  readonly said: Promise<string>;
}

function peer(bytes: string): Peer {
  const socket = connect(Number(new URL(agent.url).port), "127.0.0.1");
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  socket.on("error", () => undefined);
  socket.write(bytes);
  const said = new Promise<string>((resolve) => socket.on("close", () => resolve(text)));
  return { socket, said };
}

const statusLine = async ({ said }: Peer): Promise<string> => (await said).split("\r\n")[0] ?? "";

describe("an agent under siege", () => {
  test("answers 200 scrapes at once, all alike", async () => {
    const texts = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const answer = await agent.get("/metrics");
        return [answer.status, await answer.text()] as const;
      }),
    );
    expect(new Set(texts.map(([status]) => status))).toEqual(new Set([200]));
    expect(new Set(texts.map(([, text]) => text)).size).toBe(1);
  });

  test("serves others while 100 peers send their heads byte by byte, and cuts those off", async () => {
    const since = performance.now();
    const peers = Array.from({ length: 100 }, () => peer(request));
    const drip = setInterval(() => {
      for (const { socket } of peers) if (socket.writable) socket.write("X");
    }, 500);
    await sleep(1_000);
    const asked = performance.now();
    expect((await agent.get("/metrics")).status).toBe(200);
    expect(performance.now() - asked).toBeLessThan(2_000);
    const lines = await Promise.all(peers.map(statusLine));
    clearInterval(drip);
    expect(new Set(lines)).toEqual(new Set(["HTTP/1.1 408 Request Timeout"]));
    expect(performance.now() - since).toBeLessThan(15_000);
  }, 30_000);

  test("closes connections on which nothing is ever said", async () => {
    const lines = await Promise.all(Array.from({ length: 20 }, () => statusLine(peer(""))));
    expect(new Set(lines)).toEqual(new Set(["HTTP/1.1 408 Request Timeout"]));
  }, 30_000);

  test("is there again for scrapers after more peers than it takes have come and gone", async () => {
    const peers = Array.from({ length: 700 }, () => peer(request));
    await sleep(500);
    for (const { socket } of peers) socket.destroy();
    await vi.waitFor(async () => expect((await agent.get("/metrics")).status).toBe(200), {
      timeout: 15_000,
      interval: 200,
    });
  }, 30_000);

  test.each([
    ["a head of many fields", `${request}${"a: b\r\n".repeat(5_000)}\r\n`, "431"],
    ["a line that is too long", `GET /${"a".repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, "431"],
    ["a length that is none", `${request}Content-Length: -1\r\n\r\n`, "400"],
    [
      "two lengths",
      `${request}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      "400",
    ],
    ["a path with backslashes", "GET \\..\\report HTTP/1.1\r\nHost: x\r\n\r\n", "400"],
    ["a TLS hello", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n", "400"],
  ])("refuses %s", async (_, bytes, status) => {
    expect(await statusLine(peer(bytes))).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect((await agent.get("/-/healthy")).status).toBe(200);
  });

  test.each([
    "/metrics/../report",
    "/./metrics",
    "//metrics",
    "/metrics/",
    "/%6detrics",
    "/..%2f..%2fetc%2fpasswd",
    "/metrics%00",
    "/metrics;/report",
    "file:///etc/passwd",
    "http://169.254.169.254/metrics",
  ])("knows no path %j", async (path) => {
    const bytes = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`;
    expect(await statusLine(peer(bytes))).toBe("HTTP/1.1 404 Not Found");
  });
});
