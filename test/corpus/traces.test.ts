import { join } from "node:path";
import { expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { openHost } from "../../src/cli/open-host.ts";
import { aWorld } from "../support/a-world.ts";
import { type LabFault, labFaults } from "../support/lab-faults.ts";

const labHosts = { standard: "lab-h1", manager: "lab-m1", worker: "lab-w1" } as const;

async function sentenceOf(
  recording: string,
  { from, to, protocol = "tcp" }: Pick<LabFault["traces"][number], "from" | "to" | "protocol">,
): Promise<string> {
  const fake = aWorld({ openHost });
  const bundle = join(import.meta.dirname, "../recordings", recording);
  const asked = ["--from", from, "--to", to, "--proto", protocol];
  await main(
    ["node", "docknet", "trace", "--bundle", bundle, "--format", "json", ...asked],
    fake.world,
  );
  const report: { readonly sentence: string } = JSON.parse(fake.stdout());
  return report.sentence;
}

const cases = labFaults.flatMap(({ name, host, traces }: LabFault) =>
  traces.map((asked) => ({ name, host, asked })),
);

test.each(cases)(
  "trace names what was broken: $name, $asked.from to $asked.to",
  async ({ name, host, asked }) => {
    expect(await sentenceOf(`${labHosts[host]}--${name}`, asked)).toContain(asked.says);
    expect(await sentenceOf(`${labHosts[host]}--healthy`, asked)).not.toContain(asked.says);
  },
);
