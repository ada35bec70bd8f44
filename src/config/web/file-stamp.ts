import { stat } from "node:fs/promises";

/** A text that differs when one of the files has changed, appeared or gone. A link counts as what it leads to. */
export async function fileStamp(files: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ ino, size, mtimeMs, ctimeMs }) => [file, ino, size, mtimeMs, ctimeMs].join(" "),
        (error: NodeJS.ErrnoException) => `${file} ${error.code}`,
      ),
    ),
  );
  return stamps.join("\n");
}
