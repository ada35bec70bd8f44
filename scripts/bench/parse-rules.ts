import { parseIptablesSave } from "../../src/parsers/iptables-save.ts";
import { rulesetText } from "../../test/support/ruleset-text.ts";
import { type Figure, type Measurement, timed } from "./measurement.ts";

const rules = 50_000;

/** Text of `iptables-save -c` to typed rules. */
export const parseRules: Measurement = {
  id: "parse",
  title: `parse of iptables-save -c with ${rules} rules`,
  limitedBy: "splitting words and building objects; distinct pieces are parsed once",
  where: "anywhere",
  async measure(): Promise<readonly Figure[]> {
    const text = rulesetText(rules);
    const parsed = parseIptablesSave(text);
    const found = parsed.ok ? parsed.value.tables.flatMap(({ chains }) => chains) : [];
    const count = found.reduce((sum, chain) => sum + chain.rules.length, 0);
    const once = await timed(() => parseIptablesSave(text), 15);
    const twice = await timed(() => parseIptablesSave(rulesetText(2 * rules)), 3);
    const making = await timed(() => rulesetText(2 * rules), 3);
    const perSecond = (count / once.shortestMs) * 1_000;
    return [
      { key: "parse.rules", title: "rules", value: count, unit: "count" },
      { key: "parse.textMiB", title: "text", value: text.length / 1_048_576, unit: "MiB" },
      { key: "parse.ms", title: "CPU time", value: once.medianMs, unit: "ms" },
      { key: "parse.elapsedMs", title: "shortest elapsed", value: once.shortestMs, unit: "ms" },
      {
        key: "parse.rulesPerSecond",
        title: "rules per second, by the shortest",
        value: perSecond,
        unit: "1/s",
      },
      {
        key: "parse.growth",
        title: "time for twice the rules",
        value: (twice.medianMs - making.medianMs) / once.medianMs,
        unit: "x",
      },
    ];
  },
};
