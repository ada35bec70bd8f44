import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../run-program.ts";

interface LockedPackage {
  readonly version: string;
  readonly integrity: string;
}

const cache = join("node_modules", ".cache", "docknet");

/**
 * The Node of another architecture: npm installs that of its own alone, so the package is fetched by itself and held to the sum in
 * package-lock.json. Undefined where the registry cannot be reached, with the reason on standard output.
 */
export async function foreignNode(nodePackage: string): Promise<string | undefined> {
  const { version, integrity } = locked(nodePackage);
  const binary = join(cache, `${nodePackage}-${version}`, "package", "bin", "node");
  if (existsSync(binary)) return binary;
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, "fetched-"));
  try {
    const fetched = ["npm", "pack", "--silent", "--pack-destination", scratch] as const;
    const tarball = join(scratch, `${nodePackage}-${version}.tgz`);
    if ((await runProgram([...fetched, `${nodePackage}@${version}`])) !== 0) {
      process.stdout.write(`${nodePackage}: the registry does not give it\n`);
      return undefined;
    }
    const sum = createHash("sha512").update(readFileSync(tarball)).digest("base64");
    if (`sha512-${sum}` !== integrity) {
      throw new Error(`${nodePackage}@${version}: not the file that package-lock.json names`);
    }
    const code = await runProgram(["tar", "-xzf", tarball, "-C", scratch, "package/bin/node"]);
    if (code !== 0) throw new Error(`${tarball}: tar ended with ${code}`);
    rmSync(tarball);
    renameSync(scratch, join(cache, `${nodePackage}-${version}`));
    return binary;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function locked(nodePackage: string): LockedPackage {
  const lock: { readonly packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(
    readFileSync("package-lock.json", "utf8"),
  );
  const found = lock.packages[`node_modules/${nodePackage}`];
  if (found === undefined) throw new Error(`package-lock.json does not name ${nodePackage}`);
  return found;
}
