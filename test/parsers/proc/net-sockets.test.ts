import { describe, expect, test } from "vitest";
import { procSocketParser } from "../../../src/parsers/proc/net-sockets.ts";
import { sockstatParser } from "../../../src/parsers/proc/sockstat.ts";
import { fixturesOf } from "../../support/fixtures.ts";

const tcp = procSocketParser("tcp");
const head = "  sl  local_address rem_address   st\n";
const row = (local: string, state = "0A") => `${head}   0: ${local} 00000000:0000 ${state} 0:0\n`;

describe("sockets of /proc/net", () => {
  test.each(fixturesOf("net-sockets-tcp"))("reads TCP of $name", ({ text, expected }) => {
    expect(tcp(text)).toStrictEqual(expected);
  });

  test.each(fixturesOf("net-sockets-udp"))("reads UDP of $name", ({ text, expected }) => {
    expect(procSocketParser("udp")(text)).toStrictEqual(expected);
  });

  test.each([
    ["00000000:0050", { address: "0.0.0.0", port: 80 }],
    ["0B00007F:A1F3", { address: "127.0.0.11", port: 41459 }],
    [`${"0".repeat(32)}:1F90`, { port: 8080 }],
    [`${"0".repeat(24)}01000000:0016`, { address: "::1", port: 22 }],
    ["0000000000000000FFFF00000100007F:0051", { address: "127.0.0.1", port: 81 }],
    ["000080FE00000000FF00420200040AFE:0222", { address: "fe80::242:ff:fe0a:400", port: 546 }],
  ])("reads the local end %s", (local, end) => {
    const socket = { protocol: "tcp", ...end, processes: [] };
    expect(tcp(row(local))).toStrictEqual({ ok: true, value: [socket], ignored: [] });
  });

  test("leaves out what is connected", () => {
    expect(tcp(row("0B00007F:A1F3", "01"))).toStrictEqual({ ok: true, value: [], ignored: [] });
  });

  test.each([
    ["", 1],
    ["nothing of the kind", 1],
    [row("0B00007F"), 2],
    [row("0B00007:0050"), 2],
    [`${head}   0:`, 2],
  ])("says which line of %j it cannot read", (text, line) => {
    expect(tcp(text)).toMatchObject({ ok: false, failure: { kind: "unparsable", line } });
  });
});

describe("sockstat", () => {
  test.each(fixturesOf("sockstat"))("counts TCP over IPv4 in $name", ({ text, expected }) => {
    expect(sockstatParser("TCP")(text)).toStrictEqual(expected);
  });

  test.each(fixturesOf("sockstat6"))("counts TCP over IPv6 in $name", ({ text, expected }) => {
    expect(sockstatParser("TCP6")(text)).toStrictEqual(expected);
  });

  test("counts nothing where the line is not there", () => {
    expect(sockstatParser("TCP")("TCP6: inuse 1\n")).toMatchObject({ ok: false });
  });
});
