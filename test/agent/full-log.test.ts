import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";

const root = join(import.meta.dirname, "../..");
const bundle = join(root, "test/recordings/lab-h1--healthy");

async function aFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("an agent whose log lies on a full disk runs, serves and ends as ever", async () => {
  const port = await aFreePort();
  const full = openSync("/dev/full", "w");
  const cli = [join(root, "src/cli.ts"), "agent", "--bundle", bundle];
  const address = ["--web.listen-address", `127.0.0.1:${port}`];
  const child = spawn(process.execPath, [...cli, ...address, "--log.level", "debug"], {
    env: { PATH: process.env["PATH"] ?? "" },
    stdio: ["ignore", "ignore", full],
  });
  closeSync(full);
  const exit = once(child, "exit");
  onTestFinished(() => void child.kill("SIGKILL"));
  await vi.waitFor(
    async () => expect((await fetch(`http://127.0.0.1:${port}/-/ready`)).status).toBe(200),
    { timeout: 20_000, interval: 100 },
  );
  child.kill("SIGHUP");
  expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
  child.kill("SIGTERM");
  expect(await exit).toEqual([0, null]);
}, 40_000);
