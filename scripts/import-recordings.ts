import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Bundle } from "../src/host/bundle.ts";
import { liveRedactions, writeBundle } from "../src/host/bundle.ts";
import { dockerAnswers } from "./recordings/docker-answers.ts";
import type { ImportedAnswer } from "./recordings/imported-answer.ts";
import { noteOf } from "./recordings/imported-answer.ts";
import { kernelAnswers } from "./recordings/kernel-answers.ts";
import { namespaceAnswers } from "./recordings/namespace-answers.ts";
import type { Import } from "./recordings/saved-host.ts";
import { importsFrom } from "./recordings/saved-host.ts";

/**
 * Makes recordings of saved command outputs: `node scripts/import-recordings.ts SOURCE [NAME…]`. SOURCE holds
 * `healthy/<situation>/<host>/` and `faults/<fault>/{before,after}/<host>/`; with names, only recordings whose name contains one.
 */
async function main(): Promise<number> {
  const [source, ...wanted] = process.argv.slice(2);
  if (source === undefined) {
    console.error("usage: node scripts/import-recordings.ts SOURCE [NAME…]");
    return 64;
  }
  const all = importsFrom(source);
  const addressOfNode = new Map(
    all.map(({ host: { info } }) => [info.Swarm.NodeID, info.Swarm.NodeAddr]),
  );
  const chosen = all.filter(
    ({ recording }) => wanted.length === 0 || wanted.some((name) => recording.includes(name)),
  );
  for (const each of chosen) {
    const target = join(import.meta.dirname, "../test/recordings", each.recording);
    mkdirSync(target, { recursive: true });
    const failure = await writeBundle(target, bundleOf(each, addressOfNode));
    if (failure !== undefined) {
      console.error(failure.message);
      return 70;
    }
    console.log(each.recording);
  }
  return chosen.length === 0 ? 66 : 0;
}

function bundleOf(
  { host, recording, situation }: Import,
  addressOfNode: ReadonlyMap<string, string>,
): Bundle {
  const answers = [
    ...kernelAnswers(host),
    ...dockerAnswers(host, addressOfNode),
    ...namespaceAnswers(host),
  ];
  const { version } = JSON.parse(
    readFileSync(join(import.meta.dirname, "../package.json"), "utf8"),
  );
  return {
    origin: {
      tool: { name: "docknet import-recordings", version },
      createdAt: host.savedAt,
      versions: {
        kernel: host.info.KernelVersion,
        distribution: host.info.OperatingSystem,
        docker: host.info.ServerVersion,
        ...(host.text("iptables_V") === undefined
          ? {}
          : {
              iptables:
                host
                  .text("iptables_V")
                  ?.trim()
                  .replace(/^iptables /, "") ?? "",
            }),
      },
      redactions: [...liveRedactions],
      notes: [
        `host ${host.info.Name} of ${recording}, situation "${situation}"`,
        ...notesOf(answers),
      ],
    },
    recording: answers.map(({ query, outcome }) => ({
      query,
      observation: { ...outcome, observedAt: host.savedAt, durationMs: 0 },
    })),
  };
}

/** The many objects of one list are one note. */
function notesOf(answers: readonly ImportedAnswer[]): readonly string[] {
  return [
    ...new Set(answers.flatMap(noteOf).map((note) => note.replace(/\/[0-9a-z]{25,64}\b/, "/ID"))),
  ];
}

process.exitCode = await main();
