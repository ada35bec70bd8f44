import { execa } from "execa";
import type { Failure } from "../model/failure.ts";
import { notFound, notPermitted, refused, timedOut } from "../model/failure.ts";
import type { HostQuery } from "../model/query.ts";
import { queryCommand } from "../model/query.ts";
import type { LiveAnswer } from "./live-answer.ts";
import { answered, failed } from "./live-answer.ts";

export type CommandQuery = Extract<HostQuery, { readonly kind: "command" }>;

export interface CommandLimits {
  readonly timeoutMs: number;
  /** Ends the command when it is aborted; absent = only the time limit does. */
  readonly signal?: AbortSignal;
  /** Directories in which programs are looked for, colon-separated; absent = those of the system. */
  readonly searchPath?: string;
  /** Variables beside LC_ALL and PATH; absent = none. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Largest answer in bytes; absent = 128 MiB. */
  readonly maxBytes?: number;
}

/** Runs one program without a shell, with a fixed environment and nothing on stdin but what the question says. Never throws. */
export async function runCommand(query: CommandQuery, limits: CommandLimits): Promise<LiveAnswer> {
  const maxBytes = limits.maxBytes ?? defaultMaxBytes;
  const ran = await runUntilWhole(query, { ...limits, maxBytes });
  if (ran.end.how === "exited" && ran.end.exitCode === 0) {
    const stderr = clipped(ran.stderr, maxStderrChars);
    return stderr === "" ? answered(ran.stdout) : { ok: true, text: ran.stdout, stderr };
  }
  return failed(failureOf(query, ran, { timeoutMs: limits.timeoutMs, maxBytes }));
}

type ProgramEnd =
  | { readonly how: "exited"; readonly exitCode: number }
  | { readonly how: "killed"; readonly signal: string }
  | { readonly how: "not-started"; readonly code: string }
  | { readonly how: "timed-out" }
  | { readonly how: "cancelled" }
  | { readonly how: "too-long" };

interface ProgramRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly end: ProgramEnd;
}

const defaultMaxBytes = 128 * 1024 * 1024;
const maxStderrChars = 16 * 1024;
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const packages: Readonly<Record<string, string>> = {
  ip: "iproute2",
  bridge: "iproute2",
  ss: "iproute2",
  brctl: "bridge-utils",
  nft: "nftables",
  sysctl: "procps",
  nsenter: "util-linux",
  cat: "coreutils",
};

/** How often a listing is asked for that the kernel changed under the program's hands. */
const mostTries = 4;

/**
 * iproute2 says so when the kernel's objects changed while they were listed (NLM_F_DUMP_INTR): on a busy host the next try is whole.
 * The last one is the answer, whatever it is.
 */
async function runUntilWhole(
  query: CommandQuery,
  limits: CommandLimits & { readonly maxBytes: number },
): Promise<ProgramRun> {
  for (let tries = 1; ; tries += 1) {
    const ran = await runProgram(query, limits);
    if (tries === mostTries || !/dump was interrupted/i.test(ran.stderr)) return ran;
  }
}

async function runProgram(
  query: CommandQuery,
  limits: CommandLimits & { readonly maxBytes: number },
): Promise<ProgramRun> {
  const [program, ...args] = withNetns(query);
  const result = await execa(program, args, {
    cwd: "/",
    env: { ...limits.environment, LC_ALL: "C", PATH: limits.searchPath ?? systemPath },
    extendEnv: false,
    shell: false,
    ...(query.stdin === undefined ? { stdin: "ignore" } : { input: query.stdin }),
    encoding: "buffer",
    stripFinalNewline: false,
    timeout: limits.timeoutMs,
    maxBuffer: limits.maxBytes,
    reject: false,
    // Everything we run only reads, so nothing is lost when it and its children end at once.
    killSignal: "SIGKILL",
    killDescendants: true,
    ...(limits.signal === undefined ? {} : { cancelSignal: limits.signal }),
  });
  return { stdout: textOf(result.stdout), stderr: textOf(result.stderr), end: endOf(result) };
}

function endOf(result: {
  readonly timedOut: boolean;
  readonly isCanceled: boolean;
  readonly isMaxBuffer: boolean;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly code?: string | undefined;
}): ProgramEnd {
  if (result.timedOut) return { how: "timed-out" };
  if (result.isCanceled) return { how: "cancelled" };
  if (result.isMaxBuffer) return { how: "too-long" };
  if (result.signal !== undefined) return { how: "killed", signal: result.signal };
  if (result.exitCode !== undefined) return { how: "exited", exitCode: result.exitCode };
  return { how: "not-started", code: result.code ?? "no reason given" };
}

function withNetns(query: CommandQuery): readonly [string, ...string[]] {
  return query.netns === undefined
    ? query.argv
    : ["nsenter", `--net=${query.netns}`, "--", ...query.argv];
}

function failureOf(
  query: CommandQuery,
  { end, stderr }: ProgramRun,
  limits: { readonly timeoutMs: number; readonly maxBytes: number },
): Failure {
  const command = queryCommand(query);
  const excerpt = clipped(stderr, maxExcerptChars);
  switch (end.how) {
    case "not-started":
      return notStarted(query, end.code);
    case "timed-out":
      return timedOut(
        `"${command}" gave no answer within ${limits.timeoutMs} ms; run it by hand to see where it hangs`,
        limits.timeoutMs,
      );
    case "cancelled":
      return timedOut(
        `"${command}" was ended because the time of the run is over`,
        limits.timeoutMs,
      );
    case "too-long":
      return refused(
        `the answer of "${command}" is longer than ${megabytes(limits.maxBytes)} MB, the most that docknet reads`,
      );
    case "killed":
      return {
        kind: "exit",
        message: `"${command}" was killed by ${end.signal}; the kernel's log says whether memory ran out`,
        signal: end.signal,
        stderr: excerpt,
      };
    case "exited":
      return (
        netnsFailure(query, end.exitCode, stderr) ??
        permissionFailure(query, stderr) ?? {
          kind: "exit",
          message: `"${command}" ended with ${end.exitCode}: ${firstLine(stderr)}`,
          exitCode: end.exitCode,
          stderr: excerpt,
        }
      );
  }
}

const maxExcerptChars = 4096;

function notStarted(query: CommandQuery, code: string): Failure {
  const program = query.netns === undefined ? query.argv[0] : "nsenter";
  if (code === "ENOENT") return missingProgram(program);
  if (code === "EACCES" || code === "EPERM") {
    return notPermitted(`"${program}" may not be run by this user; run docknet as root`);
  }
  return { kind: "exit", message: `"${program}" could not be started: ${code}`, stderr: "" };
}

function missingProgram(program: string): Failure {
  const name = packages[program] ?? (/^ip6?tables/.test(program) ? "iptables" : program);
  return notFound(`no program "${program}" on this host; install the package ${name}`, program);
}

/** What nsenter(1) itself says when it cannot enter, or when the program is not there. */
function netnsFailure(query: CommandQuery, exitCode: number, stderr: string): Failure | undefined {
  if (query.netns === undefined || !stderr.startsWith("nsenter: ")) return undefined;
  const said = firstLine(stderr);
  if (exitCode === 127) return missingProgram(query.argv[0]);
  if (/No such file or directory|Invalid argument/.test(said)) {
    return notFound(`no network namespace at "${query.netns}"; its container may have ended`);
  }
  if (/cannot open .*: (?:Permission denied|Operation not permitted)/.test(said)) {
    const capability = query.netns.startsWith("/proc/") ? "CAP_SYS_PTRACE" : "CAP_DAC_READ_SEARCH";
    return notPermitted(
      `opening the network namespace "${query.netns}" needs ${capability}; run docknet as root`,
      capability,
    );
  }
  if (/not permitted|denied/.test(said)) {
    return notPermitted(
      `entering the network namespace "${query.netns}" needs CAP_SYS_ADMIN; run docknet as root`,
      "CAP_SYS_ADMIN",
    );
  }
  return undefined;
}

function permissionFailure(query: CommandQuery, stderr: string): Failure | undefined {
  if (!/Operation not permitted|Permission denied|you must be root/i.test(stderr)) return undefined;
  const program = query.argv[0];
  const capability = capabilityFor(program);
  return notPermitted(
    capability === undefined
      ? `"${program}" was not permitted to read (${firstLine(stderr)}); run docknet as root`
      : `"${program}" needs ${capability}; run docknet as root`,
    capability,
  );
}

function capabilityFor(program: string): string | undefined {
  // The legacy tools read through a raw socket: getsockopt(IPT_SO_GET_ENTRIES).
  if (program.includes("-legacy-")) return "CAP_NET_RAW";
  return program === "nft" || /^ip6?tables/.test(program) ? "CAP_NET_ADMIN" : undefined;
}

/** Bytes that are not UTF-8 become U+FFFD: the parser judges them. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

function clipped(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars)}…`;
}

function firstLine(text: string): string {
  return (
    text
      .split("\n")
      .find((line) => line.trim() !== "")
      ?.trim() ?? "it printed no reason"
  );
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
