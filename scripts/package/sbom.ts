import { readFileSync } from "node:fs";

interface LockEntry {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

/** What is inside the executable, as CycloneDX 1.6: npm packages by the lock file, and Node itself. */
export function billOfMaterials(so: { readonly version: string; readonly nodeVersion: string }) {
  const lock: Lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const components = Object.entries(lock.packages)
    .filter(([path, { dev, optional }]) => path !== "" && dev !== true && optional !== true)
    .map(([path, entry]) => component(path.slice(path.lastIndexOf("node_modules/") + 13), entry))
    .sort((a, b) => (a["bom-ref"] < b["bom-ref"] ? -1 : 1));
  const node = {
    type: "platform",
    "bom-ref": `pkg:generic/node@${so.nodeVersion}`,
    name: "node",
    version: so.nodeVersion,
    purl: `pkg:generic/node@${so.nodeVersion}`,
    licenses: [{ license: { id: "MIT" } }],
  };
  const own = `pkg:npm/docknet@${so.version}`;
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": own,
        name: "docknet",
        version: so.version,
        purl: own,
        licenses: [{ license: { id: "Apache-2.0" } }],
      },
    },
    components: [node, ...components],
    dependencies: [{ ref: own, dependsOn: [node, ...components].map((one) => one["bom-ref"]) }],
  };
}

function component(name: string, { version = "", license, integrity }: LockEntry) {
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  const hash = /^sha512-(.+)$/.exec(integrity ?? "")?.[1];
  return {
    type: "library",
    "bom-ref": purl,
    name,
    version,
    purl,
    ...(license === undefined ? {} : { licenses: [{ license: { id: license } }] }),
    ...(hash === undefined
      ? {}
      : { hashes: [{ alg: "SHA-512", content: Buffer.from(hash, "base64").toString("hex") }] }),
  };
}
