import { describe, expect, test } from "vitest";
import { parseNetDev } from "../../../src/parsers/proc/net-dev.ts";
import { fixturesOf } from "../../support/fixtures.ts";

const head =
  "Inter-|   Receive  |  Transmit\n face |bytes packets errs drop|bytes packets errs drop\n";

describe("net-dev", () => {
  test.each(fixturesOf("net-dev"))("reads $name", ({ text, expected }) => {
    expect(parseNetDev(text)).toStrictEqual(expected);
  });

  test("goes by the names of the columns, whatever stands between them", () => {
    const columns = "Inter-|  |\n face |packets bytes|carrier drop bytes\neth0:1 2 3 4 5\n";
    expect(parseNetDev(columns)).toStrictEqual({
      ok: true,
      value: [
        {
          ifname: "eth0",
          received: { bytes: 2, packets: 1, errors: 0, dropped: 0 },
          sent: { bytes: 5, packets: 0, errors: 0, dropped: 4 },
        },
      ],
      ignored: [],
    });
  });

  test.each([
    ["hello", 1],
    ["Inter-| a | b", 1],
    ["Inter-| a | b\nface |x|y", 2],
    [`${head}eth0 1 2 3 4 5 6 7 8`, 3],
    [`${head}eth0: 1 2 3 4 5 6 7`, 3],
    [`${head}eth0: 1 2 3 4 5 6 7 x`, 3],
    [`${head}: 1 2 3 4 5 6 7 8`, 3],
  ])("says which line of %j it cannot read", (text, line) => {
    expect(parseNetDev(text)).toMatchObject({ ok: false, failure: { kind: "unparsable", line } });
  });

  test("takes no output for no answer", () => {
    expect(parseNetDev("\n")).toStrictEqual({
      ok: false,
      failure: { kind: "unparsable", message: "the answer is empty" },
    });
  });
});
