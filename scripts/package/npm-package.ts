import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../run-program.ts";

/** Fields of package.json that say something to those who install the package. */
const published = [
  "name",
  "version",
  "description",
  "license",
  "type",
  "bin",
  "exports",
  "files",
  "engines",
  "dependencies",
] as const;

type Manifest = Readonly<Record<string, unknown>>;

/** The manifest that is given out: without the tools of this repository, its scripts and its pinned Node. */
export function publishedManifest(own: Manifest): Manifest {
  return Object.fromEntries(published.map((field) => [field, own[field]]));
}

export interface NpmStaging {
  /** What `tsc -p tsconfig.build.json` made. */
  readonly dist: string;
  /** Empty or missing; becomes what `npm pack` packs. */
  readonly folder: string;
}

/** Lays out the npm package. */
export function stageNpmPackage({ dist, folder }: NpmStaging): void {
  mkdirSync(folder, { recursive: true });
  const manifest: Manifest = JSON.parse(readFileSync("package.json", "utf8"));
  const text = JSON.stringify(publishedManifest(manifest), undefined, 2);
  writeFileSync(join(folder, "package.json"), `${text}\n`);
  for (const name of ["README.md", "LICENSE", "CHANGELOG.md"]) cpSync(name, join(folder, name));
  cpSync(dist, join(folder, "dist"), { recursive: true });
}

/** Compiles, checks the shape with publint, and packs `docknet-VERSION.tgz`. */
export async function makeNpmPackage(request: {
  readonly scratch: string;
  readonly destination: string;
}): Promise<void> {
  const dist = join(request.scratch, "dist");
  const folder = join(request.scratch, "npm");
  await must(["tsc", "-p", "tsconfig.build.json", "--outDir", dist]);
  stageNpmPackage({ dist, folder });
  await must(["publint", "--strict", folder]);
  const pack = ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination"] as const;
  await must([...pack, request.destination, `./${folder}`]);
}

async function must(command: readonly [string, ...string[]]): Promise<void> {
  const exitCode = await runProgram(command);
  if (exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${exitCode}`);
}
