import { describe, expect, test } from "vitest";
import { parseSs } from "../../src/parsers/ss.ts";
import { fixturesOf } from "../support/fixtures.ts";

describe("ss", () => {
  test.each(fixturesOf("ss"))("reads $name", ({ text, expected }) => {
    expect(parseSs(text)).toStrictEqual(expected);
  });

  test("ignores sockets of other protocols aloud", () => {
    const line = "mptcp LISTEN 0 128 0.0.0.0:80 0.0.0.0:*";
    expect(parseSs(`${line}\n`)).toStrictEqual({
      ok: true,
      value: [],
      ignored: [{ line: 1, text: line, reason: "neither TCP nor UDP" }],
    });
  });

  test("keeps a name that looks like more", () => {
    const users = 'users:(("a b",pid=1,fd=3),("a b",pid=1,fd=4),("(x)",pid=2,fd=3))';
    expect(parseSs(`tcp LISTEN 0 128 *:80 *:* ${users}\n`)).toStrictEqual({
      ok: true,
      value: [
        {
          protocol: "tcp",
          port: 80,
          processes: [
            { name: "a b", pid: 1 },
            { name: "(x)", pid: 2 },
          ],
        },
      ],
      ignored: [],
    });
  });

  test.each([
    ["a line that was cut off", "tcp LISTEN 0 4096 0.0.0.0:80"],
    ["a header", "Netid State Recv-Q Send-Q Local-Address:Port Peer-Address:Port"],
    ["a port out of range", "tcp LISTEN 0 4096 0.0.0.0:99999 0.0.0.0:*"],
    ["a port by name", "tcp LISTEN 0 4096 0.0.0.0:http 0.0.0.0:*"],
    ["an address that is none", "tcp LISTEN 0 4096 0.0.0:80 0.0.0.0:*"],
  ])("refuses %s", (_, line) => {
    expect(parseSs(`udp UNCONN 0 0 0.0.0.0:4789 0.0.0.0:*\n${line}`)).toStrictEqual({
      ok: false,
      failure: {
        kind: "unparsable",
        message: `found ${JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line)} where a socket stands`,
        line: 2,
      },
    });
  });

  test("ignores aloud a socket that does not listen", () => {
    const text = "tcp ESTAB 0 0 192.0.2.1:22 192.0.2.2:50000";
    expect(parseSs(text)).toStrictEqual({
      ok: true,
      value: [],
      ignored: [{ line: 1, text, reason: "it does not listen" }],
    });
  });
});
