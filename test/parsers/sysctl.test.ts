import { describe, expect, test } from "vitest";
import { parseSysctl } from "../../src/parsers/sysctl.ts";
import { fixturesOf } from "../support/fixtures.ts";

describe("sysctl", () => {
  test.each(fixturesOf("sysctl"))("reads $name", ({ text, expected }) => {
    expect(parseSysctl(text)).toStrictEqual(expected);
  });

  test("keeps the slash of a link name with dots, and values that hold spaces", () => {
    const text = "net.ipv4.conf.eth0/5.forwarding = 1\r\nkernel.x = a = b\n";
    expect(parseSysctl(text)).toStrictEqual({
      ok: true,
      value: { "net.ipv4.conf.eth0/5.forwarding": "1", "kernel.x": "a = b" },
      ignored: [],
    });
  });

  test("refuses an empty output", () => {
    expect(parseSysctl("\n")).toStrictEqual({
      ok: false,
      failure: { kind: "unparsable", message: "the answer is empty" },
    });
  });

  test("says in which line an output stops making sense", () => {
    const text = `net.ipv4.ip_forward = 1\nnet.ipv4.conf.al${"l".repeat(80)}`;
    expect(parseSysctl(text)).toStrictEqual({
      ok: false,
      failure: {
        kind: "unparsable",
        message: `found "net.ipv4.conf.al${"l".repeat(44)}…" where "key = value" stands`,
        line: 2,
      },
    });
  });

  test("joins the lines of a value that has several, and takes an empty one", () => {
    expect(parseSysctl("dev.info = \ndev.info = drive: sr0\nkernel.empty =\n")).toStrictEqual({
      ok: true,
      value: { "dev.info": "\ndrive: sr0", "kernel.empty": "" },
      ignored: [],
    });
  });
});
