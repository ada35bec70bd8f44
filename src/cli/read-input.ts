import { createReadStream } from "node:fs";
import { type Failure, notFound, notPermitted, refused } from "../model/failure.ts";

/** What a file or standard input holds, or why it was not read. */
export type Input =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly failure: Failure };

/** Outputs of hosts are far smaller; what is larger is another file by mistake, or never ends. */
export const mostInputBytes = 256 * 1024 * 1024;

/** A file as text. Bytes that are no UTF-8 become U+FFFD, as the live host's do. */
export function readInputFile(path: string, mostBytes: number = mostInputBytes): Promise<Input> {
  return readInput(createReadStream(path), { name: path, mostBytes });
}

/** Reads to the end, or to the limit. */
export async function readInput(
  chunks: AsyncIterable<unknown>,
  of: { readonly name: string; readonly mostBytes: number },
): Promise<Input> {
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      if (!(chunk instanceof Uint8Array)) continue;
      bytes += chunk.byteLength;
      if (bytes > of.mostBytes) {
        const limit = `${of.mostBytes} bytes`;
        return fail(refused(`${of.name} holds more than ${limit}: is it the right file?`));
      }
      pieces.push(decoder.decode(chunk, { stream: true }));
    }
  } catch (error) {
    return fail(unreadable(of.name, error));
  }
  pieces.push(decoder.decode());
  return { ok: true, text: pieces.join("") };
}

function fail(failure: Failure): Input {
  return { ok: false, failure };
}

function unreadable(name: string, error: unknown): Failure {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return notFound(`there is no file ${name}`);
    case "EACCES":
      return notPermitted(`may not read ${name}`);
    case "EISDIR":
      return refused(`${name} is a directory`);
    default:
      return refused(`cannot read ${name}: ${error instanceof Error ? error.message : error}`);
  }
}
