import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { CommandLimits, CommandQuery } from "../../src/host/live-command.ts";
import { runCommand } from "../../src/host/live-command.ts";
import { tempDirectory } from "../support/temp-directory.ts";

describe("runCommand", () => {
  test("keeps the answer byte for byte, with CRLF and without a last line break", async () => {
    const run = programs({ ip: "printf 'one\\r\\ntwo'" });
    expect(await run("ip", "-j")).toEqual({ ok: true, text: "one\r\ntwo" });
  });

  test("turns bytes that are not UTF-8 into replacement characters, for the parser to judge", async () => {
    const run = programs({ ip: "printf 'a\\377\\000b'" });
    expect(await run("ip")).toEqual({ ok: true, text: "a\ufffd\0b" });
  });

  test("keeps what a command writes to stderr although it ends with 0", async () => {
    const run = programs({
      "iptables-nft-save": "echo '# Warning: legacy tables' >&2; echo '*nat'",
    });
    expect(await run("iptables-nft-save", "-c")).toEqual({
      ok: true,
      text: "*nat\n",
      stderr: "# Warning: legacy tables\n",
    });
  });

  test.each([
    [3, { ok: true, text: "whole\n" }],
    [9, { ok: true, text: "torn\n", stderr: "Dump was interrupted and may be inconsistent.\n" }],
  ])(
    "asks again for a listing that was interrupted, until try %i at most four times",
    async (whole, answer) => {
      const run = programs({
        bridge: `echo x >> "$0.tries"
if [ "$(wc -l < "$0.tries")" -ge ${whole} ]; then echo whole; exit; fi
echo torn; echo 'Dump was interrupted and may be inconsistent.' >&2`,
      });
      expect(await run("bridge", "-j", "-d", "link")).toEqual(answer);
    },
  );

  test("gives a fixed environment, no input and no shell", async () => {
    const run = programs({ ip: 'env | sort; cat; printf "%s\\n" "$@"' });
    const answer = await run("ip", "$(id)", "a b", "; ls");
    expect(answer).toEqual({
      ok: true,
      text: expect.stringMatching(
        /^LC_ALL=C\n(OLDPWD=.*\n)?PATH=.*\nPWD=\/\n(SHLVL=.*\n)?(_=.*\n)?\$\(id\)\na b\n; ls\n$/,
      ),
    });
  });

  test.each([
    ["brctl", "bridge-utils"],
    ["ip", "iproute2"],
    ["nft", "nftables"],
    ["ip6tables-nft-save", "iptables"],
    ["sysctl", "procps"],
  ])("names the package when %s is missing", async (program, name) => {
    expect(await programs({})(program)).toEqual({
      ok: false,
      failure: {
        kind: "not-found",
        message: `no program "${program}" on this host; install the package ${name}`,
        program,
      },
    });
  });

  test("says that a program may not be run", async () => {
    const directory = tempDirectory();
    writeFileSync(join(directory, "ip"), "#!/bin/sh\n", { mode: 0o644 });
    expect(await runCommand(query("ip"), { timeoutMs: 5000, searchPath: directory })).toEqual({
      ok: false,
      failure: {
        kind: "not-permitted",
        message: '"ip" may not be run by this user; run docknet as root',
      },
    });
  });

  test("gives the exit code and the first words of stderr", async () => {
    const run = programs({ ip: "echo; echo 'Object \"x\" is unknown' >&2; exit 255" });
    expect(await run("ip", "x")).toEqual({
      ok: false,
      failure: {
        kind: "exit",
        message: '"ip x" ended with 255: Object "x" is unknown',
        exitCode: 255,
        stderr: 'Object "x" is unknown\n',
      },
    });
  });

  test("names the signal that killed a command", async () => {
    const run = programs({ ip: "echo half; kill -SEGV $$" });
    expect(await run("ip", "x")).toEqual({
      ok: false,
      failure: {
        kind: "exit",
        message: '"ip x" was killed by SIGSEGV; the kernel\'s log says whether memory ran out',
        signal: "SIGSEGV",
        stderr: "",
      },
    });
  });

  test.each([
    ["nft", "Operation not permitted (you must be root)", "CAP_NET_ADMIN"],
    [
      "iptables-nft-save",
      "Could not fetch rule set generation id: Permission denied",
      "CAP_NET_ADMIN",
    ],
    [
      "iptables-legacy-save",
      "can't initialize: Permission denied (you must be root)",
      "CAP_NET_RAW",
    ],
  ])("names the capability that %s lacks", async (program, said, capability) => {
    const run = programs({ [program]: `echo "${said}" >&2; exit 4` });
    expect(await run(program)).toEqual({
      ok: false,
      failure: {
        kind: "not-permitted",
        message: `"${program}" needs ${capability}; run docknet as root`,
        capability,
      },
    });
  });

  test("refuses an answer over the limit and ends the command", async () => {
    const run = programs(
      { ip: "while :; do echo 0123456789abcdef; done" },
      { maxBytes: 1024 * 1024 },
    );
    expect(await run("ip")).toEqual({
      ok: false,
      failure: {
        kind: "refused",
        message: 'the answer of "ip" is longer than 1 MB, the most that docknet reads',
      },
    });
  });

  test("takes an answer of 100 MB", async () => {
    const run = programs({ ip: "head -c 100000000 /dev/zero" }, { timeoutMs: 30_000 });
    const answer = await run("ip");
    expect(answer.ok && answer.text.length).toBe(100_000_000);
  });

  test("ends a command that hangs, and the processes that it started", async () => {
    const run = programs(
      { ip: "trap '' TERM; sleep 300 & echo $! > child; sleep 300" },
      { timeoutMs: 300 },
    );
    expect(await run("ip")).toEqual({
      ok: false,
      failure: {
        kind: "timed-out",
        message: '"ip" gave no answer within 300 ms; run it by hand to see where it hangs',
        timeoutMs: 300,
      },
    });
    expect(await isGone(run.file("child"))).toBe(true);
  });

  test("does not wait for a child that outlives its command and holds its output", async () => {
    const run = programs({ ip: "sleep 300 & echo $! > child; echo done" }, { timeoutMs: 300 });
    const answer = await run("ip");
    expect(answer).toMatchObject({ ok: false, failure: { kind: "timed-out" } });
    expect(await isGone(run.file("child"))).toBe(true);
  });

  test("ends at once when the run is over", async () => {
    const stop = new AbortController();
    const run = programs(
      { ip: "trap '' TERM; echo $$ > child; sleep 300" },
      { signal: stop.signal },
    );
    const answer = run("ip");
    while (!existsSync(run.file("child"))) await sleep(10);
    stop.abort();
    expect(await answer).toEqual({
      ok: false,
      failure: {
        kind: "timed-out",
        message: '"ip" was ended because the time of the run is over',
        timeoutMs: 5000,
      },
    });
    expect(await isGone(run.file("child"))).toBe(true);
  });

  test("enters another network namespace through nsenter", async () => {
    const run = programs({ nsenter: 'echo "$@"' });
    expect(await run.inside("/run/docker/netns/abc", "ip", "-j", "rule")).toEqual({
      ok: true,
      text: "--net=/run/docker/netns/abc -- ip -j rule\n",
    });
  });

  test("gives a command the text that stands in the question, each time that it is asked", async () => {
    const run = programs({
      nsenter: `echo x >> "$0.tries"; cat
if [ "$(wc -l < "$0.tries")" -ge 2 ]; then exit; fi
echo 'Dump was interrupted and may be inconsistent.' >&2`,
    });
    const answer = await run.reading("addr\nrule\n");
    expect(answer).toEqual({ ok: true, text: "addr\nrule\n" });
  });

  test("does not mind a command that ends before it has read its text", async () => {
    const run = programs({ nsenter: "echo early" });
    const answer = await run.reading("x".repeat(1e6));
    expect(answer).toEqual({ ok: true, text: "early\n" });
  });

  test.each([
    [
      "nsenter: cannot open /run/netns/a: No such file or directory",
      1,
      {
        kind: "not-found",
        message: 'no network namespace at "/run/netns/a"; its container may have ended',
      },
    ],
    [
      "nsenter: reassociate to namespace 'ns/net' failed: Operation not permitted",
      1,
      {
        kind: "not-permitted",
        message:
          'entering the network namespace "/run/netns/a" needs CAP_SYS_ADMIN; run docknet as root',
        capability: "CAP_SYS_ADMIN",
      },
    ],
    [
      "nsenter: failed to execute ip: No such file or directory",
      127,
      {
        kind: "not-found",
        message: 'no program "ip" on this host; install the package iproute2',
        program: "ip",
      },
    ],
  ])("understands nsenter's `%s`", async (said, code, failure) => {
    const run = programs({ nsenter: `echo "${said}" >&2; exit ${code}` });
    expect(await run.inside("/run/netns/a", "ip", "-j", "rule")).toEqual({ ok: false, failure });
  });
});

function query(program: string, ...args: readonly string[]): CommandQuery {
  return { kind: "command", argv: [program, ...args] };
}

/** Real programs of this test's own, each the body of a shell script that runs in their directory's sight. */
function programs(bodies: Readonly<Record<string, string>>, limits: Partial<CommandLimits> = {}) {
  const directory = tempDirectory();
  for (const [name, body] of Object.entries(bodies)) {
    const script = body.replaceAll("> child", `> ${join(directory, "child")}`);
    writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(directory, name), 0o755);
  }
  const searchPath = Object.keys(bodies).length === 0 ? directory : `${directory}:/usr/bin:/bin`;
  const all = { timeoutMs: 5000, searchPath, ...limits };
  const run = (program: string, ...args: readonly string[]) =>
    runCommand(query(program, ...args), all);
  return Object.assign(run, {
    inside: (netns: string, program: string, ...args: readonly string[]) =>
      runCommand({ ...query(program, ...args), netns }, all),
    reading: (stdin: string) =>
      runCommand({ ...query("ip", "-b", "-"), netns: "/run/netns/a", stdin }, all),
    file: (name: string) => join(directory, name),
  });
}

/** Whether the process whose id a file holds has ended; a moment is given to the kernel. */
async function isGone(pidFile: string): Promise<boolean> {
  const pid = readFileSync(pidFile, "utf8").trim();
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "utf8") : "";
    if (stat === "" || / Z /.test(stat)) return true;
    await sleep(20);
  }
  return false;
}
