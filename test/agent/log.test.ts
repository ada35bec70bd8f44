import { describe, expect, test } from "vitest";
import { logfmt, logfmtLog } from "../../src/agent/log.ts";
import type { LogLevel } from "../../src/config/schema.ts";

describe("logfmt", () => {
  test("quotes what has blanks, quotes, line ends, controls or marks that turn text around", () => {
    const fields = {
      a: "plain:1/2",
      b: "two words",
      c: 'x"y',
      d: "1\n2\u001b[31m\u202e",
      e: 3,
      f: "",
    };
    expect(logfmt(fields)).toBe(
      'a=plain:1/2 b="two words" c="x\\"y" d="1\\n2\\u001b[31m\\u202e" e=3 f=""',
    );
  });
});

describe("logfmtLog", () => {
  test("writes lines of the level and above, dated", () => {
    const lines: string[] = [];
    let level: LogLevel = "info";
    const log = logfmtLog({
      write: (line) => lines.push(line),
      now: () => "2026-11-02T10:00:00.000Z",
      level: () => level,
    });
    log.info("run ended", { status: "ok" });
    log.debug("hidden");
    level = "debug";
    log.debug("shown");
    level = "error";
    log.warn("hidden");
    expect(lines).toEqual([
      'ts=2026-11-02T10:00:00.000Z level=info msg="run ended" status=ok\n',
      "ts=2026-11-02T10:00:00.000Z level=debug msg=shown\n",
    ]);
  });
});
