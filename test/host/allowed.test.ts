import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allowance, hostCommands, isAllowed, netnsCommands } from "../../src/host/allowed.ts";
import type { HostQuery } from "../../src/model/query.ts";
import { sandboxBatch } from "../../src/model/sandbox.ts";

describe("allowance", () => {
  test.each([...netnsCommands, ...hostCommands])("lets `%s` pass", (line) => {
    expect(isAllowed(command(line))).toBe(true);
  });

  test.each(netnsCommands)("lets `%s` pass inside a sandbox", (line) => {
    expect(isAllowed({ ...command(line), netns: "/run/docker/netns/1-abc" })).toBe(true);
    expect(isAllowed({ ...command(line), netns: "/proc/4711/ns/net" })).toBe(true);
  });

  test.each([
    "sysctl -e net.ipv4.ip_forward",
    "sysctl -e net.ipv4.conf.eth0/100.rp_filter kernel.osrelease",
    "sysctl -e net.ipv4.conf.br-1a2b.forwarding net.bridge.bridge-nf-call-iptables",
  ])("lets `%s` pass", (line) => {
    expect(isAllowed(command(line))).toBe(true);
  });

  test.each([
    "sysctl -w net.ipv4.ip_forward=1",
    "sysctl -e net.ipv4.ip_forward=1",
    "sysctl -e",
    "sysctl -e -w net.ipv4.ip_forward",
    "sysctl -e net.//.//.etc.passwd",
    "sysctl -e vm.swappiness",
    "sysctl -a",
    "ip -j -d addr add 10.0.0.1/8 dev eth0",
    "ip addr",
    "ip netns exec x sh",
    "brctl delbr br0",
    "iptables -F",
    "iptables-save -c -t nat",
    "iptables-legacy-save -c -M /tmp/evil",
    "nft flush ruleset",
    "nft -j -f /tmp/rules",
    "ss -K",
    "sh -c true",
    "/tmp/ip -j -d addr",
  ])("refuses `%s`", (line) => {
    expect(isAllowed(command(line))).toBe(false);
  });

  test.each([
    { kind: "command", argv: ["ip", "-j -d", "addr"] },
    { kind: "command", argv: ["ip -j -d addr"] },
    { kind: "command", argv: ["ip", "-j", "-d", "addr", ""] },
    { kind: "command", argv: ["brctl", "show"], netns: "/run/docker/netns/1-abc" },
    { kind: "command", argv: ["sysctl", "-e", "net.ipv4.ip_forward"], netns: "/run/netns/a" },
    { kind: "command", argv: ["ip", "-j", "rule"], netns: "/run/netns/../../etc/passwd" },
    { kind: "command", argv: ["ip", "-j", "rule"], netns: "/run/netns/.." },
    { kind: "command", argv: ["ip", "-j", "rule"], netns: "/run/netns/a b" },
    { kind: "command", argv: ["ip", "-j", "rule"], netns: "/run/netns/$(x)" },
    { kind: "command", argv: ["ip", "-j", "rule"], netns: "run/netns/a" },
    { kind: "command", argv: ["ip", "-j", "rule"], netns: "/proc/self/ns/net" },
    { kind: "file", path: "/etc/shadow" },
    { kind: "file", path: "/proc/sys/net/../kernel/core_pattern" },
    { kind: "file", path: "/proc/4711/environ" },
    { kind: "file", path: "/srv/../etc/a.json" },
    { kind: "file", path: "/srv/a b.json" },
    { kind: "file", path: "srv/a.json" as "/" },
    { kind: "file", path: "/srv/d.json", netns: "/run/netns/a" },
    { kind: "file", path: "/proc/4711/cmdline", netns: "/run/netns/a" },
    { kind: "file", path: "/proc/sys/net/ipv4/ip_forward", netns: "/etc/passwd" },
    { kind: "command", argv: sandboxBatch.argv },
    { kind: "command", argv: sandboxBatch.argv, stdin: "link set eth0 down\n" },
    { kind: "command", argv: sandboxBatch.argv, stdin: `${sandboxBatch.stdin}link del eth0\n` },
    { kind: "command", argv: ["ip", "-j", "-d", "addr"], stdin: sandboxBatch.stdin },
    { kind: "command", argv: ["sysctl", "-e", "net.ipv4.ip_forward"], stdin: "" },
    { kind: "command", ...sandboxBatch, netns: "/etc/passwd" },
    { kind: "file", path: "/proc/4711/net/nf_conntrack" },
    { kind: "file", path: "/proc/self/net/dev" },
    { kind: "file", path: "/proc/4711/net/../environ" },
    { kind: "file", path: "/proc/4711/net/dev", netns: "/run/netns/a" },
    { kind: "file", path: "/var/lib/docker/containers/0f/resolv.conf" },
    { kind: "file", path: `/var/lib/docker/containers/${"0f".repeat(32)}/config.v2.json` },
    { kind: "file", path: `/etc/../shadow/containers/${"0f".repeat(32)}/resolv.conf` },
    { kind: "file", path: `/a b/containers/${"0f".repeat(32)}/resolv.conf` },
    { kind: "directory", path: "/root" },
    { kind: "directory", path: "/run/../etc/netns" },
    { kind: "docker", path: "/containers/abc/logs" },
    { kind: "docker", path: "/containers/../secrets/json" },
    { kind: "docker", path: "/containers/-x/json" },
    { kind: "docker", path: "/containers/a%2Fb/json" },
    { kind: "docker", path: "/networks/a b" },
    { kind: "docker", path: "/info?x=1" },
    { kind: "docker", path: "/secrets" },
  ] as const satisfies readonly HostQuery[])("refuses $kind $argv $path $netns", (query) => {
    expect(isAllowed(query)).toBe(false);
  });

  test.each([
    { kind: "file", path: "/proc/net/ip_tables_names" },
    { kind: "file", path: "/proc/sys/net/ipv4/conf/eth0.100/forwarding" },
    { kind: "file", path: "/proc/sys/net/ipv4/ip_forward", netns: "/run/docker/netns/abc" },
    { kind: "file", path: "/proc/net/ip_tables_names", netns: "/run/docker/netns/1-abc" },
    { kind: "file", path: "/proc/4711/net/fib_trie" },
    { kind: "file", path: "/proc/4711/net/udp6" },
    { kind: "file", path: "/proc/4711/net/ip_tables_names" },
    { kind: "file", path: `/var/lib/docker/containers/${"0f".repeat(32)}/resolv.conf` },
    { kind: "file", path: `/srv/docker.d/containers/${"0f".repeat(32)}/resolv.conf` },
    { kind: "command", ...sandboxBatch, netns: "/run/docker/netns/abc" },
    { kind: "command", ...sandboxBatch },
    { kind: "file", path: "/etc/docker/daemon.json" },
    { kind: "file", path: "/srv/docker.d/dev.json" },
    { kind: "file", path: "/run/snap.docker/docker.pid" },
    { kind: "file", path: "/proc/4711/cmdline" },
    { kind: "directory", path: "/run/docker/netns" },
    { kind: "directory", path: "/srv/docker-exec/netns" },
    { kind: "docker", path: "/version" },
    { kind: "docker", path: "/networks/my_net-1.2" },
    { kind: "docker", path: "/containers/json?all=1" },
    { kind: "docker", path: "/containers/0bcfa8d83ccf/json" },
    { kind: "system", topic: "memory" },
  ] as const satisfies readonly HostQuery[])("lets $kind $path $topic pass", (query) => {
    expect(isAllowed(query)).toBe(true);
  });

  test("says why it refuses", () => {
    expect(allowance(command("iptables -F"))).toEqual({
      allowed: false,
      reason: '"iptables -F" is not on the list of read-only commands',
    });
  });
});

describe("the closed list", () => {
  const programs = ["ip", "bridge", "brctl", "iptables-save", "nft", "sysctl", "ss", "sh"];
  const words = [
    ...["-j", "-d", "-w", "-e", "-c", "-f", "-F", "addr", "show", "list", "ruleset", "flush"],
    ...["add", "del", "set", "exec", "net.ipv4.ip_forward", "net.ipv4.ip_forward=1", "all"],
  ];
  const word = fc.oneof(fc.constantFrom(...words), fc.string());
  const argv = fc.tuple(fc.oneof(fc.constantFrom(...programs), fc.string()), fc.array(word));

  test("lets no other argv pass, whatever its words", () => {
    fc.assert(
      fc.property(argv, ([program, args]) => {
        const line = [program, ...args].join(" ");
        const listed = [...netnsCommands, ...hostCommands].some((known) => known === line);
        const passes = isAllowed({ kind: "command", argv: [program, ...args] });
        expect(passes && !listed && !isPlainSysctlRead(program, args)).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });

  test("lets no word pass that starts an option, assigns or means something to a shell", () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (keys) => {
        const passes = isAllowed({ kind: "command", argv: ["sysctl", "-e", ...keys] });
        const harmless = keys.every((key) => /^(net|kernel)[A-Za-z0-9_./-]+$/.test(key));
        expect(passes && !harmless).toBe(false);
      }),
    );
  });

  test("lets no other text reach a program", () => {
    fc.assert(
      fc.property(argv, fc.oneof(fc.string(), fc.constant(sandboxBatch.stdin)), (words, stdin) => {
        const [program, args] = words;
        expect(isAllowed({ kind: "command", argv: [program, ...args], stdin })).toBe(false);
      }),
    );
  });

  test("keeps every name of a Docker object to letters, digits, dots, dashes and underscores", () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        const passes = isAllowed({ kind: "docker", path: `/containers/${id}/json` });
        expect(passes).toBe(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(id));
      }),
    );
  });

  function isPlainSysctlRead(program: string, args: readonly string[]): boolean {
    const [option, ...keys] = args;
    return (
      program === "sysctl" && option === "-e" && keys.every((key) => /^(net|kernel)\./.test(key))
    );
  }
});

function command(line: string): Extract<HostQuery, { readonly kind: "command" }> {
  const [program = "", ...args] = line.split(" ");
  return { kind: "command", argv: [program, ...args] };
}
