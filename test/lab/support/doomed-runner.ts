// A runner of its own, for the test that kills it: brings up a host, says so, waits for the end.

import { runContainer } from "./containers.ts";
import { openLab } from "./lab.ts";
import { startEngineHost, startLan } from "./standard-host.ts";

const lab = await openLab();
const host = await startEngineHost(await startLan(lab), { name: "h1", number: 1 });
await runContainer(host, { name: "web", network: "bridge" });
process.stdout.write(`${lab.id}\n`);
setInterval(() => undefined, 60_000);
