import type { AnyCheck } from "../checks/define-check.ts";
import { checks } from "../checks/index.ts";
import type { AnyCollector } from "../collectors/define-collector.ts";
import type { FactName } from "../model/facts.ts";
import type { CheckMeta } from "../model/finding.ts";
import { checkListTerminal } from "../render/check-list.ts";
import { type CheckPage, checkPageTerminal } from "../render/check-page.ts";
import type { Format } from "../render/index.ts";
import { jsonDocument } from "../render/json.ts";
import { complain } from "./complain.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { pageFor } from "./page.ts";
import { selectCheck } from "./selection.ts";
import type { World } from "./world.ts";

export interface ChecksFlags {
  readonly format: Format;
  /** False after --no-color. */
  readonly color: boolean;
}

/** Prints every check: id, severity and the state that it finds; as JSON with all metadata. */
export async function listChecks(flags: ChecksFlags, world: World): Promise<ExitCode> {
  const page = pageFor(world.stdout, { env: world.env, color: flags.color, detail: "folded" });
  const text =
    flags.format === "json"
      ? jsonDocument(checks.map(listedCheck))
      : checkListTerminal(checks, page);
  await world.stdout.write(text);
  return exitCodes.ok;
}

/** Prints the page of one check, as docs/checks has it. */
export async function explainCheck(
  id: string,
  flags: Pick<ChecksFlags, "color">,
  world: World,
): Promise<ExitCode> {
  const selected = selectCheck(checks, id);
  if (!selected.ok) return complain(world, selected.message, exitCodes.usage);
  // Collectors bring all parsers along; the list of checks starts without them.
  const { collectors } = await import("../collectors/index.ts");
  const page = pageFor(world.stdout, { env: world.env, color: flags.color, detail: "all" });
  await world.stdout.write(checkPageTerminal(checkPage(selected.value, collectors), page));
  return exitCodes.ok;
}

/** A check with the collectors behind the facts that it requires. */
export function checkPage(check: AnyCheck, from: readonly AnyCollector[]): CheckPage {
  return { check, looksAt: from.filter(({ fact }) => check.requires.includes(fact)) };
}

function listedCheck(check: AnyCheck): CheckMeta & { readonly requires: readonly FactName[] } {
  const { evaluate: _, assume: __, ...meta } = check;
  return meta;
}
