import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";

const cli = join(import.meta.dirname, "../../src/cli.ts");
const bundle = join(import.meta.dirname, "../recordings/lab-h1--healthy");
const argv = [process.execPath, cli, "doctor", "--bundle", bundle];
const plainEnv = { PATH: process.env["PATH"], TERM: "xterm" };

interface Shown {
  readonly status: number | null;
  readonly text: string;
}

/** What a person sees: script(1) gives the command a terminal of its own. */
function onTerminal(env: Readonly<Record<string, string>> = {}): Shown {
  const line = argv.map((word) => `'${word}'`).join(" ");
  const script = ["-qefc", line, "/dev/null"];
  const { status, stdout } = spawnSync("script", script, {
    encoding: "utf8",
    env: { ...plainEnv, ...env },
    // Without a terminal or a pipe to read from, script(1) ends its command at once.
    stdio: ["pipe", "pipe", "pipe"],
  });
  return { status, text: stdout };
}

function offTerminal(): Shown & { readonly stderr: string } {
  const [program = "", ...args] = argv;
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", env: plainEnv });
  return { status, text: stdout, stderr };
}

describe("doctor on a real terminal", () => {
  const wipe = "\r\u001b[2K";
  const off = offTerminal();

  test("shows progress while it collects, wipes it, and colours the report", () => {
    const { status, text } = onTerminal();
    const [report = "", ...steps] = text.split(wipe).reverse();
    expect(status).toBe(0);
    expect(steps.some((step) => /^looked at \d+ of \d+: links$/.test(step))).toBe(true);
    expect(report).toContain("\u001b[");
    expect(plain(report)).toBe(off.text);
  });

  test("leaves colours away where NO_COLOR is set", () => {
    const [report = ""] = onTerminal({ NO_COLOR: "1" }).text.split(wipe).reverse();
    expect(report.replaceAll("\r\n", "\n")).toBe(off.text);
  });

  test("shows none of it off a terminal", () => {
    expect(off).toMatchObject({ status: 0, stderr: "" });
    expect(off.text).not.toContain("\u001b");
  });
});

function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll("\r\n", "\n");
}
