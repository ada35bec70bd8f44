import { type ExpositionFormat, exposition } from "../../src/metrics/exposition.ts";
import { type ExpositionInput, renderFamilies } from "../../src/metrics/registry.ts";

/** What /metrics would answer. */
export async function expositionOf(
  input: ExpositionInput,
  format: ExpositionFormat = "text",
): Promise<string> {
  return exposition(await renderFamilies(input), format);
}
