import { join } from "node:path";
import { runContainer } from "../../test/lab/support/containers.ts";
import { type Lab, openLab } from "../../test/lab/support/lab.ts";
import { type LabHost, onHost, startHost } from "../../test/lab/support/lab-host.ts";
import { startSwitch } from "../../test/lab/support/lan-switch.ts";
import { createNetwork } from "../../test/lab/support/networks.ts";
import { startEngineHost, startLan } from "../../test/lab/support/standard-host.ts";
import { rulesetText } from "../../test/support/ruleset-text.ts";
import type { Figure, Measurement } from "./measurement.ts";

const rules = 50_000;
const containers = 300;
const networks = 6;
const script = join(import.meta.dirname, "on-host.ts");

/** From the start of iptables-save to the model, beside the command alone. */
export const saveEndToEnd: Measurement = {
  id: "save",
  title: `iptables-nft-save -c with ${rules} rules, from its start to the model`,
  limitedBy: "the command; what docknet adds is the parse behind its end",
  where: "lab",
  measure: () =>
    inLab(async (lab) => {
      const lanSwitch = await startSwitch(lab);
      const host = await startHost(lab, { name: "rules", number: 1, lanSwitch });
      const loaded = await onHost(host, ["iptables-nft-restore"], { input: rulesetText(rules) });
      if (loaded.code !== 0) throw new Error(loaded.stderr);
      const { aloneMs = 0, wholeMs = 0 } = await costOn(host, "save");
      return [
        { key: "save.aloneMs", title: "the command alone, elapsed", value: aloneMs, unit: "ms" },
        { key: "save.wholeMs", title: "from its start to the model", value: wholeMs, unit: "ms" },
        { key: "save.ratio", title: "of the command alone", value: wholeMs / aloneMs, unit: "x" },
      ];
    }),
};

/** One run on a host with many containers. */
export const crowdedRun: Measurement = {
  id: "crowd",
  title: `one run on a real host with ${containers} containers on ${networks} networks`,
  limitedBy: "a process for each namespace, and the kernel's answers",
  where: "lab",
  measure: () =>
    inLab(async (lab) => {
      const host = await startEngineHost(await startLan(lab), { name: "crowd", number: 1 });
      await startContainers(host);
      const cost = await costOn(host, "run");
      const figure = (name: string, title: string, unit: Figure["unit"]): Figure => ({
        key: `crowd.${name}`,
        title,
        value: cost[name] ?? 0,
        unit,
      });
      return [
        figure("containers", "containers", "count"),
        figure("sandboxes", "namespaces read whole", "count"),
        figure("processes", "processes started", "count"),
        figure("wallMs", "elapsed", "ms"),
        figure("ownMs", "docknet's own CPU time", "ms"),
        figure("commandsMs", "CPU time of the commands", "ms"),
      ];
    }),
};

async function inLab<T>(use: (lab: Lab) => Promise<T>): Promise<T> {
  const lab = await openLab();
  try {
    return await use(lab);
  } finally {
    await lab.close();
  }
}

async function startContainers(host: LabHost): Promise<void> {
  for (let at = 0; at < networks; at += 1) {
    await createNetwork(host, { name: `net${at}`, driver: "bridge" });
  }
  for (let from = 0; from < containers; from += 4) {
    await Promise.all(
      [from, from + 1, from + 2, from + 3].map((at) =>
        runContainer(host, { name: `web${at}`, network: `net${at % networks}` }),
      ),
    );
  }
}

async function costOn(
  host: LabHost,
  what: "save" | "run",
): Promise<Readonly<Record<string, number>>> {
  const { code, stdout, stderr } = await onHost(host, [process.execPath, script, what], {
    timeoutMs: 300_000,
  });
  if (code !== 0) throw new Error(stderr);
  const cost: Readonly<Record<string, number>> = JSON.parse(stdout);
  return cost;
}
