import { setImmediate as nextTurn } from "node:timers/promises";
import { refused, timedOut } from "../model/failure.ts";
import type { HostQuery, Instant } from "../model/query.ts";
import { queryCommand } from "../model/query.ts";
import { allowance, containerResolvConf } from "./allowed.ts";
import { isKernelTable, readKernelTable } from "./kernel-table.ts";
import type { LiveAnswer } from "./live-answer.ts";
import { failed } from "./live-answer.ts";
import { runCommand } from "./live-command.ts";
import type { DockerClient } from "./live-docker.ts";
import { dockerClient } from "./live-docker.ts";
import { readDirectoryText, readFileText } from "./live-file.ts";
import { readMemory } from "./live-system.ts";
import type { HostPort } from "./port.ts";
import { type FileMemory, readRememberedFile } from "./reusing/remembered-file.ts";
import { slots } from "./slots.ts";
import { stripFile } from "./strip-daemon-options.ts";

/** Dates observations and measures how long they take. */
export interface HostClock {
  now(): Instant;
  /** Milliseconds of a monotonic clock. */
  elapsedMs(): number;
}

export interface LiveOptions {
  /** Path of Docker's unix socket. */
  readonly dockerSocket: string;
  /** Longest time for one question, in milliseconds. */
  readonly timeoutMs: number;
  /** How many questions may be under way at once; absent = 4. */
  readonly concurrency?: number;
  readonly clock: HostClock;
  /** The end of the run: when it is aborted, whatever is under way is ended and nothing is asked any more. */
  readonly signal?: AbortSignal;
  /** What small files held in earlier runs; absent = each is read. */
  readonly files?: FileMemory;
}

/** This very host. Refuses what is not on the closed list of read-only questions. */
export function liveHost(options: LiveOptions): HostPort {
  const inSlot = slots(options.concurrency ?? 4);
  const limits = {
    timeoutMs: options.timeoutMs,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.files === undefined ? {} : { files: options.files }),
    now: () => options.clock.now(),
  };
  const docker = dockerClient({ socketPath: options.dockerSocket, ...limits });
  let tables = 0;
  return {
    async observe(query) {
      const asked = allowance(query);
      const { clock } = options;
      const isTable =
        query.kind === "file" && query.netns === undefined && isKernelTable(query.path);
      if (asked.allowed && isTable && options.signal?.aborted !== true) {
        tables += 1;
        // Whoever waits for the agent gets his turn in between.
        if (tables % tablesInTurn === 0) await nextTurn();
        const startedMs = clock.elapsedMs();
        const table = readKernelTable(query.path);
        const durationMs = tenths(clock.elapsedMs() - startedMs);
        return { ...table, durationMs, observedAt: clock.now() };
      }
      const answer = asked.allowed
        ? await inSlot(() => {
            const startedMs = clock.elapsedMs();
            return timed(answerInTime(query, docker, limits), () =>
              tenths(clock.elapsedMs() - startedMs),
            );
          })
        : { ...failed(refused(`docknet does not ask this: ${asked.reason}`)), durationMs: 0 };
      return { ...answer, observedAt: clock.now() };
    },
  };
}

interface Limits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly files?: FileMemory;
  now(): Instant;
}

/** How many small tables are read before others have their turn: less than a millisecond's worth. */
const tablesInTurn = 16;

/** Commands and Docker keep the limit themselves; this also holds for a read that the kernel does not give back. */
const graceMs = 2_000;

async function timed(
  answer: Promise<LiveAnswer>,
  elapsedMs: () => number,
): Promise<LiveAnswer & { readonly durationMs: number }> {
  return { ...(await answer), durationMs: elapsedMs() };
}

function answerInTime(query: HostQuery, docker: DockerClient, limits: Limits): Promise<LiveAnswer> {
  const { timeoutMs, signal } = limits;
  const over = failed(
    timedOut(
      `the time of the run was over before "${queryCommand(query)}"; allow more with --timeout`,
      timeoutMs,
    ),
  );
  if (signal?.aborted === true) return Promise.resolve(over);
  return new Promise((resolve) => {
    const end = (answer: LiveAnswer) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      resolve(answer);
    };
    const stop = () => end(over);
    const timer = setTimeout(() => {
      const message = `no answer to "${queryCommand(query)}" within ${timeoutMs} ms`;
      end(failed(timedOut(message, timeoutMs)));
    }, timeoutMs + graceMs);
    signal?.addEventListener("abort", stop, { once: true });
    void answerTo(query, docker, limits).then(end);
  });
}

function answerTo(query: HostQuery, docker: DockerClient, limits: Limits): Promise<LiveAnswer> {
  switch (query.kind) {
    case "command":
      return runCommand(query, limits);
    case "file":
      return query.netns === undefined
        ? fileText(query.path, limits).then((answer) => stripFile(query.path, answer))
        : runCommand({ kind: "command", argv: ["cat", query.path], netns: query.netns }, limits);
    case "directory":
      return readDirectoryText(query.path);
    case "docker":
      return docker.get(query.path);
    case "system":
      return readMemory();
  }
}

function fileText(path: string, { files, now }: Limits): Promise<LiveAnswer> {
  return files !== undefined && containerResolvConf.test(path)
    ? readRememberedFile(path, files, now())
    : readFileText(path);
}

/** A duration with one place: more is noise. */
function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
