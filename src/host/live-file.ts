import { close, open, read } from "node:fs";
import { readdir } from "node:fs/promises";
import { promisify } from "node:util";
import type { Failure } from "../model/failure.ts";
import { notFound, notPermitted, refused } from "../model/failure.ts";
import type { LiveAnswer } from "./live-answer.ts";
import { answered, errorCode, errorText, failed } from "./live-answer.ts";

// A handle of fs/promises costs more than all that is done with it, and an agent reads hundreds of small files in a run.
const openFile = promisify(open);
const closeFile = promisify(close);
const readFrom = promisify(read);

/** Reads a whole file, for /proc too, whose files say that their size is 0. */
export async function readFileText(
  path: string,
  maxBytes: number = defaultMaxBytes,
): Promise<LiveAnswer> {
  try {
    const file = await openFile(path, "r");
    try {
      return await readToEnd(file, { path, maxBytes });
    } finally {
      await closeFile(file);
    }
  } catch (error) {
    return failed(fileFailure(path, error));
  }
}

/** Names of the entries of a directory, one a line, in the order of their bytes. */
export async function readDirectoryText(path: string): Promise<LiveAnswer> {
  try {
    const names = await readdir(path);
    return answered(
      names
        .sort()
        .map((name) => `${name}\n`)
        .join(""),
    );
  } catch (error) {
    return failed(fileFailure(path, error));
  }
}

function tooLong(path: string, maxBytes: number): Failure {
  return refused(`file "${path}" is longer than ${maxBytes} bytes, the most that docknet reads`);
}

/** Largest file in bytes that is read. */
const defaultMaxBytes = 16 * 1024 * 1024;
/** Most files are small: what a large one needs more comes in large pieces. */
const firstBytes = 2 * 1024;
const chunkBytes = 64 * 1024;

async function readToEnd(
  file: number,
  limits: { readonly path: string; readonly maxBytes: number },
): Promise<LiveAnswer> {
  const chunks: Buffer[] = [];
  let chunk = Buffer.allocUnsafe(firstBytes);
  let filled = 0;
  let total = 0;
  while (true) {
    const { bytesRead } = await readFrom(file, chunk, filled, chunk.length - filled, null);
    filled += bytesRead;
    total += bytesRead;
    if (total > limits.maxBytes) return failed(tooLong(limits.path, limits.maxBytes));
    if (bytesRead === 0) {
      const rest = chunk.subarray(0, filled);
      return answered(
        (chunks.length === 0 ? rest : Buffer.concat([...chunks, rest])).toString("utf8"),
      );
    }
    if (filled === chunk.length) {
      chunks.push(chunk);
      chunk = Buffer.allocUnsafeSlow(chunkBytes);
      filled = 0;
    }
  }
}

/** Why a file or directory could not be read. */
export function fileFailure(path: string, error: unknown): Failure {
  switch (errorCode(error)) {
    case "ENOENT":
    case "ENOTDIR":
      return notFound(`no file or directory "${path}" on this host`);
    case "EACCES":
    case "EPERM":
      return notPermitted(
        `"${path}" may not be read by this user; run docknet as root`,
        "CAP_DAC_READ_SEARCH",
      );
    default:
      return { kind: "exit", message: `"${path}" cannot be read: ${errorText(error)}`, stderr: "" };
  }
}
