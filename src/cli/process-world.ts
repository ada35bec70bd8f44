import { openHost } from "./open-host.ts";
import type { OutputStream, World } from "./world.ts";

/** The process as it is: its streams, its environment, its host. */
export function processWorld(): World {
  return {
    stdout: outputStream(process.stdout),
    stderr: outputStream(process.stderr),
    env: process.env,
    openHost,
    async runPipeline(host, plan) {
      const pipeline = await import("../engine/pipeline.ts");
      return pipeline.runPipeline(host, plan);
    },
    async readInput(path) {
      const inputs = await import("./read-input.ts");
      if (path !== undefined) return inputs.readInputFile(path);
      return inputs.readInput(process.stdin, {
        name: "standard input",
        mostBytes: inputs.mostInputBytes,
      });
    },
    async writeBundle(path, bundle) {
      const bundles = await import("../host/bundle.ts");
      return bundles.writeBundle(path, bundle);
    },
  };
}

/**
 * Waits until the text is taken. When the reader goes away (`docknet doctor | head`), the rest is dropped in silence; what
 * else goes wrong on stdout, such as a full disk, is thrown, for then nobody has the report.
 */
function outputStream(stream: NodeJS.WriteStream): OutputStream {
  let isGone = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // A full disk has room again one day: an agent must log then.
    if (error.code === "EPIPE") isGone = true;
  });
  const isForgiven = (error: NodeJS.ErrnoException): boolean =>
    error.code === "EPIPE" || isGone || stream === process.stderr;
  return {
    isTerminal: stream.isTTY === true,
    ...(stream.isTTY === true && stream.columns > 0 ? { columns: stream.columns } : {}),
    write: (text) =>
      new Promise((resolve, reject) => {
        if (isGone || text === "") return resolve();
        stream.write(text, (error) => {
          if (error === undefined || error === null || isForgiven(error)) resolve();
          else reject(error);
        });
      }),
  };
}
