import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { rootCache } from "../../../../scripts/package/debian-root.ts";
import { mustRun } from "../../support/run-command.ts";

/** The package of npm that carries the schemas of CycloneDX; it is fetched, not installed. */
const library = { name: "@cyclonedx/cyclonedx-library", version: "10.3.0" } as const;
const beside = ["jsf-0.82", "spdx"];

/** The official schema of CycloneDX 1.6. */
export async function cyclonedxSchema(): Promise<ValidateFunction> {
  const folder = join(rootCache, `cyclonedx-${library.version}`);
  mkdirSync(folder, { recursive: true });
  const fetch = `cd "$1" && [ -d package ] || { npm pack --silent "$2" && tar -xzf ./*.tgz; }`;
  const named = `${library.name}@${library.version}`;
  await mustRun(["sh", "-c", fetch, "fetch", folder, named], { timeoutMs: 120_000 });
  const schema = (name: string) =>
    JSON.parse(
      readFileSync(join(folder, "package/res/schema", `${name}.SNAPSHOT.schema.json`), "utf8"),
    );
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  for (const name of beside) {
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  return ajv.compile(schema("bom-1.6"));
}
