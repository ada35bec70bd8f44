import { constants, type PathLike } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** Nobody writes more than this into a configuration, a certificate or a key. */
const mostBytes = 1_048_576;

export type TextOutcome =
  | { readonly ok: true; readonly text: string }
  /** `code` is the one of the system, such as ENOENT; the reason reads on after a comma. */
  | { readonly ok: false; readonly code: string; readonly reason: string };

/** The text of a regular file of bearable size: a pipe or a device would never end. */
export async function readText(path: PathLike): Promise<TextOutcome> {
  // Without O_NONBLOCK the opening of a pipe waits for somebody who writes to it.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  const opened = await open(path, flags).then(
    (file) => ({ ok: true as const, file }),
    (error: NodeJS.ErrnoException) => ({ ok: false as const, code: error.code ?? "unknown" }),
  );
  if (!opened.ok) return failed(opened.code);
  const { file } = opened;
  const read = await textIn(file).catch((error: NodeJS.ErrnoException) =>
    failed(error.code ?? "unknown"),
  );
  await file.close();
  return read;
}

async function textIn(file: FileHandle): Promise<TextOutcome> {
  const found = await file.stat();
  if (found.isDirectory()) return failed("EISDIR");
  if (!found.isFile()) return failed("ENOTFILE");
  if (found.size > mostBytes) return failed("EFBIG");
  return { ok: true, text: await file.readFile("utf8") };
}

function failed(code: string): TextOutcome {
  return { ok: false, code, reason: reasonOf(code) };
}

function reasonOf(code: string): string {
  switch (code) {
    case "ENOENT":
      return "there is none";
    case "EACCES":
      return "reading it is not permitted";
    case "EISDIR":
      return "it is a directory";
    case "ENOTFILE":
      return "it is a pipe, a socket or a device";
    case "EFBIG":
      return "it is larger than 1 MiB";
    default:
      return `reading it failed with ${code}`;
  }
}
