import { describe, expect, test } from "vitest";
import { parseResolvConf } from "../../src/parsers/resolv-conf.ts";
import { fixturesOf } from "../support/fixtures.ts";

const nothing = { nameservers: [], options: [], search: [], sortList: [] };

describe("resolv-conf", () => {
  test.each(fixturesOf("resolv-conf"))("reads $name", ({ text, expected }) => {
    expect(parseResolvConf(text)).toStrictEqual(expected);
  });

  test("reads an empty file as one without nameservers", () => {
    expect(parseResolvConf("")).toStrictEqual({ ok: true, value: nothing, ignored: [] });
  });

  test("ignores aloud what libresolv does not read either", () => {
    const lines = [" nameserver 192.0.2.1", "nameserver", "nameserver one", "lookup file bind"];
    expect(parseResolvConf(lines.join("\n"))).toStrictEqual({
      ok: true,
      value: nothing,
      ignored: [
        "libresolv does not read a line that begins with a space",
        "its nameserver is no address",
        "its nameserver is no address",
        "its keyword is not known",
      ].map((reason, index) => ({ line: index + 1, text: lines[index], reason })),
    });
  });

  test("reads what Docker remarks, and passes over what it does not", () => {
    const text = [
      "# ExtServers: [host(127.0.0.53) 192.0.2.53 host(fe80::1%eth0) odd]",
      "# Overrides: [nameservers search]",
      "# Overrides: none",
    ].join("\n");
    expect(parseResolvConf(text)).toStrictEqual({
      ok: true,
      value: {
        ...nothing,
        docker: {
          externalServers: [
            { address: "127.0.0.53", fromHost: true },
            { address: "192.0.2.53", fromHost: false },
            { address: "fe80::1%eth0", fromHost: true },
          ],
          overrides: ["nameservers", "search"],
        },
      },
      ignored: [],
    });
  });
});
