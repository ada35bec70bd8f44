import { describe } from "vitest";
import { labPrerequisites } from "./prerequisites.ts";

/** As `describe`; where the lab cannot run, the title of what was skipped says why. */
export function describeLab(title: string, define: () => void): void {
  const prerequisites = labPrerequisites();
  if (prerequisites.ok) {
    describe(title, define);
    return;
  }
  describe.skip(`${title} (skipped, missing here: ${prerequisites.missing.join("; ")})`, define);
}
