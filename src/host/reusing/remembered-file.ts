import { stat } from "node:fs";
import { promisify } from "node:util";
import type { Instant } from "../../model/query.ts";
import type { LiveAnswer } from "../live-answer.ts";
import { answered, failed } from "../live-answer.ts";
import { fileFailure, readFileText } from "../live-file.ts";

const statOf = promisify(stat);

/** Small files as they were last read, by path. One for the life of an agent, which forgets those of containers that are gone. */
export type FileMemory = Map<string, RememberedFile>;

export interface RememberedFile {
  /** Device, inode, size and times: whatever changes a file changes its ctime, which nobody can set. */
  readonly state: string;
  readonly text: string;
}

/** A change this short before the reading could have the same time as one after it, in nanoseconds. */
const settledNs = 2_000_000_000n;

/** Reads a file whole, or gives what it held before where the file system says that it has not changed. */
export async function readRememberedFile(
  path: string,
  memory: FileMemory,
  now: Instant,
): Promise<LiveAnswer> {
  try {
    const nowNs = BigInt(Date.parse(now)) * 1_000_000n;
    const { dev, ino, size, mtimeNs, ctimeNs } = await statOf(path, { bigint: true });
    const state = [dev, ino, size, mtimeNs, ctimeNs].join(" ");
    const before = memory.get(path);
    if (before?.state === state) return answered(before.text);
    const answer = await readFileText(path);
    if (answer.ok && ctimeNs + settledNs < nowNs) memory.set(path, { state, text: answer.text });
    else memory.delete(path);
    return answer;
  } catch (error) {
    memory.delete(path);
    return failed(fileFailure(path, error));
  }
}
