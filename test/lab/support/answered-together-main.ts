import { openHost } from "../../../src/cli/open-host.ts";
import { collectors } from "../../../src/collectors/index.ts";
import type { HostPort, HostQuery } from "../../../src/host/port.ts";
import { askingTogether, batchMemory } from "../../../src/host/reusing/asking-together.ts";
import { readingSysctls } from "../../../src/host/reusing/reading-sysctls.ts";
import { queryCommand } from "../../../src/model/query.ts";
import { hostBatches } from "../../../src/model/routing/host-batches.ts";

// Prints which questions an agent answers without asking them alone, where this runs, and which of its answers differ from those.
const opened = await openHost({ kind: "live", dockerSocket: "/nowhere", timeoutMs: 30_000 });
if (!opened.ok) throw new Error(opened.failure.message);
const { host } = opened;
const programs: string[] = [];
const counting: HostPort = {
  observe(query) {
    if (query.kind === "command") programs.push(query.argv.join(" "));
    return host.observe(query);
  },
};
const agent = askingTogether(readingSysctls(counting), batchMemory());
const questions: readonly HostQuery[] = [
  ...hostBatches.flatMap((batch) => batch.questions),
  await sysctlQuestion(),
];
const differ: unknown[] = [];
for (const query of questions) {
  const [together, alone] = [await agent.observe(query), await host.observe(query)];
  const said = [together, alone].map((answer) => (answer.ok ? answer.text : answer.failure));
  if (JSON.stringify(said[0]) !== JSON.stringify(said[1]))
    differ.push({ question: queryCommand(query), together: said[0], alone: said[1] });
}
process.stdout.write(JSON.stringify({ programs, differ }));

/** As the collector asks it. */
async function sysctlQuestion(): Promise<HostQuery> {
  const asked: HostQuery[] = [];
  const listening: HostPort = {
    observe(query) {
      asked.push(query);
      return host.observe(query);
    },
  };
  const collector = collectors.find(({ fact }) => fact === "sysctls");
  await collector?.collect(listening, { facts: {} as never, now: "2026-01-01T00:00:00.000Z" });
  const [query] = asked;
  if (query === undefined) throw new Error("no setting is asked");
  return query;
}
