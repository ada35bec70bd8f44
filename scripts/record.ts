import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { main } from "../src/cli/main.ts";

/**
 * Makes a recording of the host it runs on: `node scripts/record.ts <host>--<situation> [--docker-host unix:///…]`. The same as
 * `docknet snapshot`, unpacked under test/recordings/.
 */
const [name, ...flags] = process.argv.slice(2);
if (name === undefined || !/^[a-z0-9.-]+--[a-z0-9-]+$/.test(name)) {
  console.error("usage: node scripts/record.ts <host>--<situation> [FLAGS OF docknet snapshot]");
  process.exitCode = 64;
} else {
  const target = join(import.meta.dirname, "../test/recordings", name);
  mkdirSync(target, { recursive: true });
  const [node = "", script = ""] = process.argv;
  process.exitCode = await main([node, script, "snapshot", "--output", target, ...flags]);
}
