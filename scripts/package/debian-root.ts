import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../run-program.ts";

/** A root tree of Debian: its smallest variant, and packages with what they need. */
export interface DebianRootRequest {
  readonly suite: "bookworm" | "trixie";
  readonly packages: readonly string[];
}

/** Trees are kept here from run to run: each takes one to two minutes to make. */
export const rootCache = process.env["DOCKNET_CACHE"] ?? "/var/cache/docknet";

/** The tree, made by debootstrap (root only) unless it is there already. Nobody may write into it. */
export async function debianRoot({ suite, packages }: DebianRootRequest): Promise<string> {
  const digest = createHash("sha256").update(packages.join()).digest("hex").slice(0, 12);
  const tree = join(rootCache, `${suite}-${digest}`);
  if (existsSync(tree)) return tree;
  const unfinished = `${tree}.${process.pid}`;
  mkdirSync(rootCache, { recursive: true });
  try {
    const include = packages.length === 0 ? [] : [`--include=${packages.join(",")}`];
    const options = ["--variant=minbase", ...include, suite, unfinished];
    const exitCode = await runProgram(["debootstrap", ...options]);
    if (exitCode !== 0) {
      throw new Error(`debootstrap of ${suite} ended with ${exitCode}: is there a network?`);
    }
    if (!existsSync(tree)) renameSync(unfinished, tree);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return tree;
}
