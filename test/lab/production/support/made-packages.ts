import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "../../support/run-command.ts";

/** What `npm run package` makes, by path. */
export interface MadePackages {
  readonly folder: string;
  /** The executable for this machine. */
  readonly executable: string;
  /** The Debian package for this machine. */
  readonly deb: string;
  /** The npm package. */
  readonly npm: string;
  /** The container image's tree, for `docker import`. */
  readonly image: string;
  readonly billOfMaterials: string;
  readonly checksums: string;
}

const root = join(import.meta.dirname, "..", "..", "..", "..");
const folder = join(root, "packages");
const stamp = join(folder, ".made-from");
const sources = [
  "src/**/*.ts",
  "scripts/package.ts",
  "scripts/package/**",
  "systemd/**",
  "deploy/**",
  "dashboards/**",
];

/** The packages of this very checkout: made anew only where a source of theirs has changed since. */
export async function madePackages(): Promise<MadePackages> {
  const now = digestOfSources();
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== now) {
    const script = join(root, "scripts", "package.ts");
    await mustRun([process.execPath, script, "--quick", "--image"], { timeoutMs: 900_000 });
    writeFileSync(stamp, now);
  }
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  return {
    folder,
    executable: theOne(`docknet-*-linux-${architecture}`),
    deb: theOne(`docknet_*_${architecture}.deb`),
    npm: theOne("docknet-*.tgz"),
    image: theOne(`docknet-*-image-${architecture}.tar`),
    billOfMaterials: theOne("docknet-*.cdx.json"),
    checksums: theOne("SHA256SUMS"),
  };
}

function theOne(pattern: string): string {
  const [found, more] = globSync(join(folder, pattern));
  if (found === undefined || more !== undefined) throw new Error(`${folder}: not one ${pattern}`);
  return found;
}

function digestOfSources(): string {
  const hash = createHash("sha256");
  const listed = globSync([...sources, "package-lock.json", "CHANGELOG.md"], { cwd: root });
  for (const path of listed.sort()) {
    if (/\.[a-z]+$/.test(path) || path.startsWith("systemd/debian/")) {
      hash.update(path).update(readFileSync(join(root, path)));
    }
  }
  return hash.digest("hex");
}
