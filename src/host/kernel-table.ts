import { closeSync, openSync, readSync } from "node:fs";
import { refused } from "../model/failure.ts";
import type { LiveAnswer } from "./live-answer.ts";
import { answered, failed } from "./live-answer.ts";
import { fileFailure } from "./live-file.ts";

/**
 * A table of a network namespace that the kernel writes out of its memory in microseconds. A run on a host with 100 containers reads
 * 1,200 of them, and the way over Node's threads with a timer for each costs ten times what the kernel takes. Not those of TCP: they
 * take milliseconds. A setting of the network is as short a way.
 */
export function isKernelTable(path: string): boolean {
  return (
    /^\/proc\/(?:[1-9]\d*\/)?net\/(?!tcp6?$)[a-z0-9_]+$/.test(path) ||
    /^\/proc\/sys\/net(?:\/[a-z0-9_-]+)+$/.test(path)
  );
}

/** Largest table in bytes that is read. */
const defaultMaxBytes = 16 * 1024 * 1024;

/** One for all tables: nothing else runs between the reads of one. */
const tableBytes = Buffer.allocUnsafeSlow(64 * 1024);

/** Reads it whole, here and now. */
export function readKernelTable(path: string, maxBytes: number = defaultMaxBytes): LiveAnswer {
  try {
    const file = openSync(path, "r");
    try {
      return readToEnd(file, { path, maxBytes });
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return failed(fileFailure(path, error));
  }
}

function readToEnd(
  file: number,
  limits: { readonly path: string; readonly maxBytes: number },
): LiveAnswer {
  const full: Buffer[] = [];
  for (let filled = 0; ; ) {
    const length = readSync(file, tableBytes, filled, tableBytes.length - filled, null);
    filled += length;
    const read = full.length * tableBytes.length + filled;
    if (read > limits.maxBytes) {
      const what = `file "${limits.path}" is longer than ${limits.maxBytes} bytes`;
      return failed(refused(`${what}, the most that docknet reads`));
    }
    if (length === 0) {
      const rest = tableBytes.subarray(0, filled);
      return answered((full.length === 0 ? rest : Buffer.concat([...full, rest])).toString("utf8"));
    }
    if (filled === tableBytes.length) {
      full.push(Buffer.from(tableBytes));
      filled = 0;
    }
  }
}
