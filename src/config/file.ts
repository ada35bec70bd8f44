import { fileLayer, type LayerOutcome } from "./layer.ts";
import { readText } from "./read-text.ts";
import { parseYaml } from "./yaml-file.ts";

/** Which file to read, and whether its absence is an error (it was named) or not (it is the default). */
export interface FileChoice {
  readonly path: string;
  readonly absence: "is-an-error" | "is-fine";
}

/** Reads and checks the configuration file. */
export async function readConfigFile({ path, absence }: FileChoice): Promise<LayerOutcome> {
  const content = await readText(path);
  if (content.ok) return parseConfigFile(path, content.text);
  if (content.code === "ENOENT" && absence === "is-fine") return parseConfigFile(path, "");
  return { ok: false, problems: [`${path}: expected a readable file, ${content.reason}`] };
}

function parseConfigFile(path: string, text: string): LayerOutcome {
  const yaml = parseYaml(text);
  if (yaml.ok) return fileLayer(path, yaml);
  return { ok: false, problems: [`${path}:${yaml.line}: expected YAML, ${yaml.message}`] };
}
