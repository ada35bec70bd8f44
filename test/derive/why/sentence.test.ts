import { describe, expect, test } from "vitest";
import { parseWhy, whyForms } from "../../../src/derive/why/sentence.ts";

const web = { kind: "container", name: "web" } as const;
const db = { kind: "container", name: "db", port: 5432 } as const;

describe("a question", () => {
  test.each([
    [["web", "db:5432"]],
    [["web db:5432"]],
    [["web cannot reach db:5432"]],
    [["web", "cannot", "reach", "db:5432"]],
    [["web can not connect to db on port 5432"]],
    [["web can't reach db:5432."]],
    [["web can’t reach “db:5432”!"]],
    [["why can't web reach db:5432?"]],
    [["why does the container web not connect to the container db:5432"]],
    [["web to db:5432"]],
    [["from web to db port 5432"]],
    [["web -> db:5432"]],
    [["web → db:5432"]],
    [["web=>db:5432"]],
    [["web does not talk to db at port 5432"]],
    [["web times out connecting to db:5432"]],
    [["web gets connection refused from db:5432"]],
    [["web fails to connect to db:5432"]],
    [["web is unable to reach db:5432"]],
    [["db:5432 is not reachable from web"]],
    [["db:5432 is unreachable from web"]],
    [["db:5432 can't be reached by web"]],
    [["'web' cannot reach 'db':5432"]],
    [["web CANNOT REACH db:5432"]],
    [["web no longer reaches db:5432 any more"]],
  ])("%j asks for db:5432 from web", (words) => {
    expect(parseWhy(words)).toEqual({ ok: true, value: { from: web, to: db } });
  });

  test.each([
    ["web to db:53/udp", "udp", 53],
    ["web cannot reach db on port 53/udp", "udp", 53],
    ["web cannot reach db:53 over UDP", "udp", 53],
    ["web can't ping db", "icmp", undefined],
    ["web db/icmp", "icmp", undefined],
    ["web cannot reach db", undefined, undefined],
  ] as const)("%j names its protocol and port", (text, protocol, port) => {
    const to = { kind: "container", name: "db", ...(port === undefined ? {} : { port }) };
    const said = protocol === undefined ? {} : { protocol };
    expect(parseWhy([text])).toEqual({ ok: true, value: { from: web, to, ...said } });
  });

  test("takes every endpoint of trace", () => {
    const ends = (text: string): unknown => {
      const read = parseWhy([text]);
      return read.ok ? [read.value.from, read.value.to] : read.message;
    };
    expect([
      ends("outside cannot reach host:8080"),
      ends("web@appnet can't reach [2001:db8::1]:80"),
      ends("web cannot reach 2001:db8::1 on port 80"),
      ends("outside=198.51.100.7 -> db@appnet:5432"),
    ]).toEqual([
      [{ kind: "outside" }, { kind: "host", port: 8080 }],
      [
        { kind: "container", name: "web", network: "appnet" },
        { kind: "address", address: "2001:db8::1", port: 80 },
      ],
      [web, { kind: "address", address: "2001:db8::1", port: 80 }],
      [
        { kind: "outside", address: "198.51.100.7" },
        { kind: "container", name: "db", network: "appnet", port: 5432 },
      ],
    ]);
  });

  test.each([
    ["web", '"web" is no question that docknet understands'],
    ["", '"" is no question that docknet understands'],
    [
      "web frobnicates db somehow:1",
      '"web frobnicates db somehow:1" is no question that docknet understands',
    ],
    ["web:80 cannot reach db:5432", '"web:80": a port belongs to the one who is asked for'],
    ["web cannot reach db:99999", '"db:99999" is no endpoint: "99999" is no port'],
    ["web cannot reach db:53/udp over tcp", "two protocols are named: udp and tcp"],
    ["w\u001b[31m db:1", '"w\u001b[31m" is no endpoint'],
  ])("%j is refused, with the forms", (text, message) => {
    const read = parseWhy([text]);
    const lines = read.ok ? [] : read.message.split("\n");
    expect([read.ok, lines[0], lines.slice(-whyForms.length)]).toEqual([
      false,
      message,
      whyForms.map((form) => `  docknet why ${form}`),
    ]);
  });

  test("a long text that fits nothing is refused at once", () => {
    const since = performance.now();
    expect(parseWhy([`web ${"cannot ".repeat(5_000)}x`]).ok).toBe(false);
    expect(parseWhy([`${"a ".repeat(20_000)}`]).ok).toBe(false);
    expect(performance.now() - since).toBeLessThan(2_000);
  });
});
