import { chmodSync, copyFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../run-program.ts";
import { debianRoot } from "./debian-root.ts";

export interface ImageRequest {
  readonly executable: string;
  readonly scratch: string;
  /** Name of the tar, which `docker import` takes. */
  readonly outputFile: string;
}

/** What of Debian's tree no container needs. */
const left = [
  "dev/*",
  "usr/share/doc/*",
  "usr/share/man/*",
  "usr/share/locale/*",
  "var/cache/apt/*",
  "var/lib/apt/lists/*",
  "var/log/*",
];

/** The packages that deploy/Dockerfile installs: the file is the one place that names them. */
export function imagePackages(dockerfile = readFileSync("deploy/Dockerfile", "utf8")): string[] {
  const list = /apt-get install [^\n]*\\\n((?:\s+[a-z0-9-]+ \\\n)+)/.exec(dockerfile)?.[1] ?? "";
  return list.split(/[\s\\]+/).filter((word) => word !== "");
}

/** The Debian release that deploy/Dockerfile starts from. */
export function imageSuite(
  dockerfile = readFileSync("deploy/Dockerfile", "utf8"),
): "bookworm" | "trixie" {
  const suite = /^FROM debian:(bookworm|trixie)-slim$/m.exec(dockerfile)?.[1];
  if (suite === "bookworm" || suite === "trixie") return suite;
  throw new Error("deploy/Dockerfile: expected FROM debian:bookworm-slim or trixie-slim");
}

/** The tree that deploy/Dockerfile describes, made by debootstrap without Docker and without a registry. */
export async function makeImage({ executable, scratch, outputFile }: ImageRequest): Promise<void> {
  const tree = await debianRoot({ suite: imageSuite(), packages: imagePackages() });
  const own = join(scratch, "image");
  rmSync(own, { recursive: true, force: true });
  await must(["mkdir", "-p", join(own, "usr/bin")]);
  copyFileSync(executable, join(own, "usr/bin/docknet"));
  chmodSync(join(own, "usr/bin/docknet"), 0o755);
  const excluded = left.map((pattern) => `--exclude=./${pattern}`);
  const same = ["--sort=name", "--numeric-owner", "--owner=0", "--group=0"];
  await must([
    "tar",
    ...excluded,
    "--anchored",
    "--numeric-owner",
    "--sort=name",
    "-cf",
    outputFile,
    "-C",
    tree,
    ".",
  ]);
  await must(["tar", ...same, "-rf", outputFile, "-C", own, "./usr/bin/docknet"]);
  rmSync(own, { recursive: true });
}

async function must(command: readonly [string, ...string[]]): Promise<void> {
  const exitCode = await runProgram(command);
  if (exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${exitCode}`);
}
