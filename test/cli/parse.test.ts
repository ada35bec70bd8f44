import { describe, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { parseKinds } from "../../src/cli/parse-kinds.ts";
import { aWorld } from "../support/a-world.ts";
import { fixtureText } from "../support/fixtures.ts";

/** Runs `docknet parse` on these inputs; gives exit code, stdout and stderr. */
async function parse(
  args: readonly string[],
  inputs: Readonly<Record<string, string>> = {},
): Promise<readonly [number, string, string]> {
  const fake = aWorld({ inputs });
  const code = await main(["node", "docknet", "parse", ...args], fake.world);
  return [code, fake.stdout(), fake.stderr()];
}

const rule = { family: "ipv4", priority: 0, inverted: false, unrecognised: [] };
const local = { ...rule, action: { kind: "lookup", routeTable: "local" } };
const text = "0:\tfrom all lookup local\n";
const json = '[{"priority":0,"src":"all","table":"local"}]';

describe("docknet parse", () => {
  test.each([
    ["a file", ["ip-rule", "rules.txt"], { "rules.txt": text }],
    ["standard input", ["ip-rule"], { "-": text }],
    ["standard input by name", ["ip-rule", "-"], { "-": text }],
    ["JSON", ["ip-rule"], { "-": json }],
  ])("reads %s and prints typed JSON", async (_, args, inputs) => {
    const [code, stdout, stderr] = await parse(args, inputs);
    expect([code, JSON.parse(stdout), stderr]).toEqual([
      0,
      { kind: "ip-rule", value: [local], ignored: [] },
      "",
    ]);
  });

  test.each([
    ["text", "0:\tfrom 2001:db8::/32 lookup local\n"],
    ["JSON", '[{"priority":0,"src":"2001:db8::","srclen":32,"table":"local"}]'],
  ])("takes the family of a rule from its addresses: %s", async (_, input) => {
    const [, stdout] = await parse(["ip-rule"], { "-": input });
    expect(JSON.parse(stdout)).toMatchObject({ value: [{ family: "ipv6" }] });
  });

  test("takes the family that is given where the output does not say it", async () => {
    for (const input of [text, json]) {
      const [, stdout] = await parse(["ip-rule", "--family", "ipv6"], { "-": input });
      expect(JSON.parse(stdout)).toMatchObject({ value: [{ family: "ipv6" }] });
    }
  });

  test("reads what docker inspect prints and what the API gives", async () => {
    const bodies = {
      "docker-networks": fixtureText("docker-networks", "debian12-docker20.10--apps"),
      "docker-containers": fixtureText("docker-containers", "debian12-docker20.10--web"),
    };
    for (const [kind, body] of Object.entries(bodies)) {
      const [, one] = await parse([kind], { "-": body });
      const [, two] = await parse([kind], { "-": `[${body},${body}]` });
      const values = [one, two].map((stdout) => JSON.parse(stdout).value.length);
      expect(values).toEqual([1, 2]);
      expect((await parse([kind], { "-": "[{}]" }))[0]).toBe(65);
    }
  });

  test("carries ignored lines, and ends with 1 on them only where it is strict", async () => {
    const inputs = { "-": "nameserver here\u{1b}[2J\n" };
    const [code, stdout, stderr] = await parse(["resolv-conf"], inputs);
    expect([code, JSON.parse(stdout).ignored, stderr]).toEqual([
      0,
      [{ line: 1, text: "nameserver here\u{1b}[2J", reason: "its nameserver is no address" }],
      "",
    ]);
    expect(stdout).not.toContain("\u{1b}");
    const [strict, sameOut, told] = await parse(["resolv-conf", "--strict"], inputs);
    expect([strict, sameOut === stdout, told]).toEqual([
      1,
      true,
      "docknet: line 1 is ignored: its nameserver is no address\n",
    ]);
    expect((await parse(["resolv-conf", "--strict"], { "-": "" }))[0]).toBe(0);
  });

  test("prints a ruleset back", async () => {
    const input = "*filter\n:INPUT ACCEPT [1:2]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n";
    expect(await parse(["iptables-save", "--print"], { "-": `# a comment\n${input}` })).toEqual([
      0,
      input,
      "",
    ]);
  });

  test("says on stderr what a printed ruleset leaves out", async () => {
    const input = "*filter\n:INPUT ACCEPT\n-I INPUT -j DROP\nCOMMIT\n";
    expect(await parse(["iptables-save", "--print"], { "-": input })).toEqual([
      0,
      "*filter\n:INPUT ACCEPT\nCOMMIT\n",
      "docknet: line 3 is ignored: is no rule that is appended to a chain\n",
    ]);
  });

  test("lists every kind, with the commands behind it", async () => {
    const [code, stdout] = await parse(["--list"]);
    const listed = stdout.split("\n").flatMap((line) => /^\S+/.exec(line)?.[0] ?? []);
    expect([code, listed]).toEqual([0, parseKinds.map(({ kind }) => kind)]);
    expect(stdout).toContain("brctl-show         brctl show\n");
  });

  test("ends with 65 on a text of another format, and names the line", async () => {
    const inputs = { "a\u{1b}": "0:\tfrom all lookup local\nnonsense\n" };
    expect(await parse(["ip-rule", "a\u{1b}"], inputs)).toEqual([
      65,
      "",
      'docknet: a\\x1b is no ip-rule: line 2: found "nonsense" where a routing rule stands\nip-rule is what `ip [-6] rule` or `ip -j [-6] rule` prints\n',
    ]);
    const [code, , stderr] = await parse(["docker-info"], { "-": "Client: Docker Engine\n" });
    expect([code, stderr]).toEqual([
      65,
      "docknet: standard input is no docker-info: the answer is not JSON, or is cut off; it begins with \"Client: Docker Engine\\n\"\ndocker-info is what `docker info --format '{{json .}}'` or `GET /info` prints\n",
    ]);
  });

  test.each([
    [["ip-adr"], 'no kind of output is called "ip-adr"; did you mean "ip-addr"?'],
    [["xyzzy"], 'no kind of output is called "xyzzy"'],
    [[], "which kind of output is it? `docknet parse --list` names them all"],
    [
      ["ip-addr", "--print"],
      "ip-addr cannot be printed back; --print is for iptables-save and nft-ruleset",
    ],
  ])("ends with 64 on bad usage: %j", async (args, message) => {
    const [code, stdout, stderr] = await parse(args, { "-": "" });
    expect([code, stdout, stderr.split("\n")[0]]).toEqual([64, "", `docknet: ${message}`]);
  });

  test("ends with 66 where there is no file", async () => {
    expect(await parse(["ss", "nowhere"])).toEqual([66, "", "docknet: there is no file nowhere\n"]);
  });
});
