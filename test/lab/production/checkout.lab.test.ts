import { expect, test } from "vitest";
import { describeLab } from "../support/describe-lab.ts";
import { runCommand } from "../support/run-command.ts";
import { documentedCommand } from "./support/documented-commands.ts";

describeLab("a checkout", () => {
  test("examines this machine by the README's first command", async () => {
    const command = documentedCommand("README.md", "npm run doctor");
    const { code, stdout } = await runCommand(["sh", "-c", command], { timeoutMs: 110_000 });
    // Whatever this machine is: a report, and a code of doctor's own.
    expect(code).toBeLessThanOrEqual(3);
    expect(stdout).toMatch(/status (ok|info|warning|critical|unknown), exit code [0-3]/);
  });
});
