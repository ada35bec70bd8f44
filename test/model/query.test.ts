import { describe, expect, test } from "vitest";
import { type HostQuery, queryCommand, queryKey, shellWord } from "../../src/model/query.ts";

describe("a query", () => {
  test("has one key, whatever the order of its fields", () => {
    const netns = "/run/docker/netns/1-abc";
    const argv = ["ip", "-j", "rule"] as const;
    expect(queryKey({ netns, kind: "command", argv })).toBe(
      '{"argv":["ip","-j","rule"],"kind":"command","netns":"/run/docker/netns/1-abc"}',
    );
    expect(queryKey({ argv, netns, kind: "command" })).toBe(
      queryKey({ kind: "command", argv, netns }),
    );
    expect(queryKey({ kind: "command", argv })).toBe(
      '{"argv":["ip","-j","rule"],"kind":"command"}',
    );
  });

  test("passes over what is not there", () => {
    const loose = JSON.parse('{"kind":"file","path":"/etc/os-release"}');
    expect(queryKey({ ...loose, netns: undefined })).toBe(
      '{"kind":"file","path":"/etc/os-release"}',
    );
  });

  const netns = "/run/netns/it's";
  const typed: readonly (readonly [HostQuery, string])[] = [
    [{ kind: "command", argv: ["ip", "-j", "rule"] }, "ip -j rule"],
    [{ kind: "command", argv: ["ss", "-l"], netns }, "nsenter --net='/run/netns/it'\\''s' ss -l"],
    [
      { kind: "command", argv: ["ip", "-b", "-"], stdin: "addr\nneigh\n", netns: "/run/netns/a" },
      "printf 'addr\\nneigh\\n' | nsenter --net=/run/netns/a ip -b -",
    ],
    [{ kind: "file", path: "/etc/os-release" }, "cat /etc/os-release"],
    [
      { kind: "file", path: "/proc/sys/net/a b", netns: "/run/netns/blue" },
      "nsenter --net=/run/netns/blue cat '/proc/sys/net/a b'",
    ],
    [{ kind: "directory", path: "/run/docker/netns" }, "ls /run/docker/netns"],
    [
      { kind: "docker", path: "/info" },
      "curl --unix-socket /var/run/docker.sock http://localhost/info",
    ],
    [{ kind: "system", topic: "memory" }, "free -b"],
  ];
  test.each(typed)("reads as a person would type it: %j", (query, command) => {
    expect(queryCommand(query)).toBe(command);
  });

  test.each([
    ["plain-1.2/3", "plain-1.2/3"],
    ["", "''"],
    ["$(x)", "'$(x)'"],
  ])("quotes %j as %s", (word, quoted) => {
    expect(shellWord(word)).toBe(quoted);
  });
});
