import type { AnyCheck } from "../checks/define-check.ts";
import { checks } from "../checks/index.ts";
import { collectors } from "../collectors/index.ts";
import { parseDuration } from "../config/duration.ts";
import { looksForAPerson, type Suppression } from "../engine/plan.ts";
import { type Format, renderersByFormat } from "../render/index.ts";
import { complain } from "./complain.ts";
import { dockerSocket } from "./docker-socket.ts";
import { type ExitCode, exitCodes, type FailOn, reportExitCode } from "./exit-code.ts";
import { pageFor } from "./page.ts";
import { progressLine } from "./progress-line.ts";
import { selectChecks, selectSuppressions } from "./selection.ts";
import { version } from "./version.ts";
import type { HostSource, World } from "./world.ts";

/** Flags of `docknet doctor` as commander gives them. */
export interface DoctorFlags {
  readonly format: Format;
  readonly verbose?: boolean;
  readonly only: readonly string[];
  readonly ignore: readonly string[];
  readonly failOn: FailOn;
  readonly timeout: string;
  /** False after --no-color. */
  readonly color: boolean;
  readonly bundle?: string;
  readonly dockerHost?: string;
}

interface Request {
  readonly checks: readonly AnyCheck[];
  readonly suppressions: readonly Suppression[];
  readonly source: HostSource;
}

type Refusal = { readonly ok: false; readonly exitCode: ExitCode; readonly message: string };

/** Examines the host, or a bundle, once and prints the report. */
export async function doctor(flags: DoctorFlags, world: World): Promise<ExitCode> {
  const request = requestOf(flags, world.env);
  if (!request.ok) return complain(world, request.message, request.exitCode);
  const opened = await world.openHost(request.value.source);
  if (!opened.ok) return complain(world, opened.failure.message, exitCodes.unreadableBundle);
  const progress = progressLine(world.stderr);
  const report = await world
    .runPipeline(opened.host, {
      collectors,
      checks: request.value.checks,
      suppressions: request.value.suppressions,
      clock: opened.clock,
      mostLooks: looksForAPerson,
      toolVersion: version,
      onProgress: progress.show,
    })
    .finally(progress.clear);
  const exitCode = reportExitCode(report, flags.failOn);
  const detail = flags.verbose === true ? "all" : "folded";
  const page = pageFor(world.stdout, { env: world.env, color: flags.color, detail });
  await world.stdout.write(renderersByFormat[flags.format](report, { ...page, exitCode }));
  return exitCode;
}

function requestOf(
  flags: DoctorFlags,
  env: World["env"],
): { readonly ok: true; readonly value: Request } | Refusal {
  const selected = selectChecks(checks, flags.only);
  if (!selected.ok) return refusal(selected.message);
  const suppressions = selectSuppressions(checks, flags.ignore);
  if (!suppressions.ok) return refusal(suppressions.message);
  const source = sourceOf(flags, env);
  if (!source.ok) return source;
  return {
    ok: true,
    value: {
      checks: selected.value,
      suppressions: suppressions.value,
      source: source.value,
    },
  };
}

/** Where to look: a bundle, or this host through the flags and DOCKER_HOST. */
export function sourceOf(
  flags: Pick<DoctorFlags, "bundle" | "dockerHost" | "timeout">,
  env: World["env"],
): { readonly ok: true; readonly value: HostSource } | Refusal {
  const timeoutMs = parseDuration(flags.timeout);
  if (timeoutMs === undefined || timeoutMs === 0)
    return refusal(`--timeout is "${flags.timeout}": give a duration such as 30s, 2m or 500ms`);
  if (flags.bundle !== undefined)
    return { ok: true, value: { kind: "bundle", path: flags.bundle } };
  const socket = dockerSocket(flags.dockerHost, env["DOCKER_HOST"]);
  if (socket.ok)
    return { ok: true, value: { kind: "live", dockerSocket: socket.value, timeoutMs } };
  // A flag is typed with this command; a variable was set somewhere else.
  const exitCode = flags.dockerHost === undefined ? exitCodes.badConfiguration : exitCodes.usage;
  return { ok: false, exitCode, message: socket.message };
}

function refusal(message: string): Refusal {
  return { ok: false, exitCode: exitCodes.usage, message };
}
