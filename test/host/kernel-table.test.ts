import { describe, expect, test } from "vitest";
import { isKernelTable, readKernelTable } from "../../src/host/kernel-table.ts";

describe("isKernelTable", () => {
  test("names tables of namespaces, and neither those of TCP nor anything else", () => {
    const paths = [
      ...["/proc/net/dev", "/proc/1/net/fib_trie", "/proc/20/net/sockstat6", "/proc/1/net/udp"],
      ...["/proc/1/net/tcp", "/proc/1/net/tcp6", "/proc/1/cmdline", "/proc/1/net/stat/x"],
      ...["/proc/net/../1/environ", "/etc/proc/net/dev"],
    ];
    expect(paths.filter(isKernelTable)).toEqual(paths.slice(0, 4));
  });
});

describe("readKernelTable", () => {
  test("reads a table whole", () => {
    const answer = readKernelTable("/proc/self/net/dev");
    expect(answer).toEqual({ ok: true, text: expect.stringMatching(/^Inter-.*\n$/s) });
  });

  test("reads what is longer than one read", () => {
    const answer = readKernelTable("/proc/kallsyms");
    expect(answer.ok && answer.text.length > 100_000 && answer.text.endsWith("\n")).toBe(true);
  });

  test("refuses one over the limit", () => {
    expect(readKernelTable("/dev/zero", 1_000_000)).toEqual({
      ok: false,
      failure: {
        kind: "refused",
        message: 'file "/dev/zero" is longer than 1000000 bytes, the most that docknet reads',
      },
    });
  });

  test("says that the process has ended", () => {
    expect(readKernelTable("/proc/4194305/net/dev")).toEqual({
      ok: false,
      failure: {
        kind: "not-found",
        message: 'no file or directory "/proc/4194305/net/dev" on this host',
      },
    });
  });
});
