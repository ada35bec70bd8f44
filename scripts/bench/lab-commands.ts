import { parseIptablesSave } from "../../src/parsers/iptables-save.ts";
import { openLab } from "../../test/lab/support/lab.ts";
import { type LabHost, mustOnHost, onHost, startHost } from "../../test/lab/support/lab-host.ts";
import { startSwitch } from "../../test/lab/support/lan-switch.ts";
import { rulesetText } from "../../test/support/ruleset-text.ts";
import { type Figure, type Measurement, timed } from "./measurement.ts";
import { processCpu } from "./process-cost.ts";

const rules = 50_000;

/** What the commands themselves take for as many rules, and docknet's parsers for what they printed. */
export const labCommands: Measurement = {
  id: "commands",
  title: `real commands on a host with ${rules} rules, and the parse of what they print`,
  limitedBy: "the kernel's netlink dump and the programs that print it",
  where: "lab",
  async measure(): Promise<readonly Figure[]> {
    const lab = await openLab();
    try {
      const host = await startHost(lab, {
        name: "rules",
        number: 1,
        lanSwitch: await startSwitch(lab),
      });
      const loaded = await onHost(host, ["iptables-nft-restore"], { input: rulesetText(rules) });
      if (loaded.code !== 0) throw new Error(loaded.stderr);
      return await figures(host);
    } finally {
      await lab.close();
    }
  },
};

async function figures(host: LabHost): Promise<readonly Figure[]> {
  const save = await cost(host, ["iptables-nft-save", "-c"]);
  const chains = await cost(host, ["nft", "-j", "list", "chains"]);
  const list = await cost(host, ["nft", "-j", "list", "ruleset"]);
  const parse = await timed(() => parseIptablesSave(save.text));
  return [
    ms("commands.saveMs", "iptables-nft-save -c: CPU time", save.cpuMs),
    ms("commands.parseMs", "docknet's parse of it", parse.medianMs),
    {
      key: "commands.parseRatio",
      title: "the parse to the command",
      value: parse.medianMs / save.cpuMs,
      unit: "x",
    },
    ms("commands.chainsMs", "nft -j list chains: CPU time", chains.cpuMs),
    ms("commands.nftMs", "nft -j list ruleset, which docknet avoids: CPU time", list.cpuMs),
  ];
}

async function cost(
  host: LabHost,
  argv: readonly [string, ...string[]],
): Promise<{ readonly text: string; readonly cpuMs: number }> {
  const before = processCpu("self").childrenMs;
  const text = await mustOnHost(host, argv);
  return { text, cpuMs: processCpu("self").childrenMs - before };
}

function ms(key: string, title: string, value: number): Figure {
  return { key, title, value, unit: "ms" };
}
