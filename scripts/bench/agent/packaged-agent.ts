import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { bundleForExecutable } from "../../package/bundle.ts";
import { architectures, makeExecutable } from "../../package/executable.ts";

const root = join(import.meta.dirname, "../../..");

/** Makes the executable of this machine as `npm run package` does, in a folder. Gives its path. */
export async function packagedAgent(folder: string): Promise<string> {
  process.chdir(root);
  mkdirSync(folder, { recursive: true });
  const script = join(folder, "docknet.cjs");
  await bundleForExecutable(script);
  const architecture = architectures.find(({ nodePackage }) =>
    process.execPath.includes(nodePackage),
  );
  if (architecture === undefined) throw new Error(`${process.execPath} is no packaged Node`);
  const outputFile = join(folder, "docknet");
  await makeExecutable({
    architecture,
    node: process.execPath,
    script,
    scratch: folder,
    outputFile,
  });
  forgetPages(outputFile);
  return outputFile;
}

/**
 * A file that was just written lies in the page cache in large pieces, and the kernel maps whole pieces: 20 MiB of an executable more
 * than are used. One that was installed and read from disk is what a host has.
 */
function forgetPages(path: string): void {
  const settings = ["oflag=nocache", "conv=notrunc,fdatasync", "count=0"];
  spawnSync("dd", [`of=${path}`, ...settings], { stdio: "ignore" });
}
