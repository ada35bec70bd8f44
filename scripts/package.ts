import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { version } from "../src/cli/version.ts";
import { bundleForExecutable } from "./package/bundle.ts";
import { makeDebianPackage } from "./package/debian.ts";
import { architectures, makeExecutable, nodeFor } from "./package/executable.ts";
import { makeImage } from "./package/image.ts";
import { makeNpmPackage } from "./package/npm-package.ts";
import { billOfMaterials } from "./package/sbom.ts";
import { hasProgram, outliveSignals } from "./run-program.ts";

// `npm run package [-- --image] [--quick]`: everything that is given out, in packages/. The image's tree needs root and debootstrap;
// --quick is for tests: this machine's architecture alone, hardly compressed.
process.chdir(fileURLToPath(new URL("..", import.meta.url)));
outliveSignals();
const isQuick = process.argv.includes("--quick");
const withImage = process.argv.includes("--image");
const folder = "packages";
const scratch = join(folder, "scratch");
rmSync(folder, { recursive: true, force: true });
mkdirSync(scratch, { recursive: true });

const date = releaseDate();
const script = join(scratch, "docknet.cjs");
await bundleForExecutable(script);
const made: string[] = [];
const own = process.arch === "x64" ? "amd64" : process.arch;
for (const architecture of architectures) {
  if (isQuick && architecture.name !== own) continue;
  const node = await nodeFor(architecture);
  if (node === undefined) {
    process.stdout.write(`${architecture.name}: left out, there is no Node for it here\n`);
    continue;
  }
  const executable = join(folder, `docknet-${version}-linux-${architecture.name}`);
  await makeExecutable({ architecture, node, script, scratch, outputFile: executable });
  made.push(executable);
  if (!hasProgram("dpkg-deb")) {
    process.stdout.write("no .deb: there is no dpkg-deb here\n");
    continue;
  }
  const outputFile = join(folder, `docknet_${version}_${architecture.name}.deb`);
  const about = {
    version,
    architecture: architecture.name,
    executable,
    scratch,
    outputFile,
    date,
    isQuick,
  };
  await makeDebianPackage(about);
  made.push(outputFile);
}
await makeNpmPackage({ scratch, destination: folder });
made.push(join(folder, `docknet-${version}.tgz`));
if (withImage) {
  const image = join(folder, `docknet-${version}-image-${own}.tar`);
  const executable = join(folder, `docknet-${version}-linux-${own}`);
  await makeImage({ executable, scratch, outputFile: image });
  made.push(image);
}
const bill = join(folder, `docknet-${version}.cdx.json`);
const nodeVersion = process.versions.node;
writeFileSync(bill, `${JSON.stringify(billOfMaterials({ version, nodeVersion }), undefined, 2)}\n`);
copyFileSync("systemd/docknet.service", join(folder, "docknet.service"));
made.push(bill, join(folder, "docknet.service"));
rmSync(scratch, { recursive: true });
writeFileSync(join(folder, "SHA256SUMS"), made.map(checksumLine).join(""));
process.stdout.write(`${[...made, join(folder, "SHA256SUMS")].join("\n")}\n`);

function checksumLine(path: string): string {
  const sum = createHash("sha256").update(readFileSync(path)).digest("hex");
  return `${sum}  ${path.slice(folder.length + 1)}\n`;
}

/** Day of the newest release in the changelog, or that of the last release's tag for what is not released: 1980 never lies. */
function releaseDate(): string {
  return (
    /^## \[?[\d.]+\]? - (\d{4}-\d{2}-\d{2})$/m.exec(readFileSync("CHANGELOG.md", "utf8"))?.[1] ??
    "2026-01-01"
  );
}
