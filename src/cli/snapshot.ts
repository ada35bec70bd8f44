import { randomBytes } from "node:crypto";
import { collectors } from "../collectors/index.ts";
import { type Bundle, liveRedactions } from "../host/bundle.ts";
import { recordingHost } from "../host/recording.ts";
import { redactBundle } from "../host/redact.ts";
import type { Report } from "../model/finding.ts";
import { escapeText } from "../render/escape.ts";
import { counted } from "../render/text.ts";
import { complain } from "./complain.ts";
import { sourceOf } from "./doctor.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { progressLine } from "./progress-line.ts";
import { version } from "./version.ts";
import type { World } from "./world.ts";

/** Flags of `docknet snapshot` as commander gives them. */
export interface SnapshotFlags {
  readonly output: string;
  readonly timeout: string;
  readonly dockerHost?: string;
  /** Put pseudonyms in place of names and addresses. */
  readonly redact?: boolean;
}

/** Writes the raw answers of this host to a bundle, for `doctor --bundle` on any machine. */
export async function snapshot(flags: SnapshotFlags, world: World): Promise<ExitCode> {
  const source = sourceOf(flags, world.env);
  if (!source.ok) return complain(world, source.message, source.exitCode);
  const opened = await world.openHost(source.value);
  if (!opened.ok) return complain(world, opened.failure.message, exitCodes.unreadableBundle);
  const recorder = recordingHost(opened.host);
  const progress = progressLine(world.stderr);
  const report = await world
    .runPipeline(recorder.host, {
      collectors,
      checks: [],
      suppressions: [],
      clock: opened.clock,
      toolVersion: version,
      onProgress: progress.show,
    })
    .finally(progress.clear);
  const recording = recorder.recording();
  const bundle: Bundle = {
    origin: {
      tool: report.tool,
      createdAt: report.takenAt,
      versions: versionsOf(report),
      redactions: liveRedactions,
    },
    recording,
  };
  // The key goes with this process: nobody can turn the pseudonyms back.
  const written = flags.redact === true ? redactBundle(bundle, randomBytes(32)) : bundle;
  const failure = await world.writeBundle(flags.output, written);
  if (failure !== undefined) {
    const why = failure.kind === "not-found" ? "there is no such folder" : failure.message;
    return complain(world, `cannot write "${flags.output}": ${why}`, exitCodes.unreadableBundle);
  }
  const refused = recording.filter(
    ({ observation }) => !observation.ok && observation.failure.kind === "not-permitted",
  ).length;
  const lacking =
    refused === 0 ? "" : `, ${counted(refused, "question")} not permitted (run as root)`;
  const pseudonyms = flags.redact === true ? " under pseudonyms" : "";
  const output = escapeText(flags.output);
  await world.stdout.write(
    `wrote ${output}: ${counted(written.recording.length, "answer")}${pseudonyms}${lacking}\n` +
      `judge it on any machine: docknet doctor --bundle ${output}\n`,
  );
  return exitCodes.ok;
}

function versionsOf({ host, readings }: Report): Readonly<Record<string, string>> {
  return {
    kernel: host.kernel,
    ...(host.distribution === undefined ? {} : { distribution: host.distribution }),
    ...(readings.docker === undefined ? {} : { docker: readings.docker.version }),
  };
}
