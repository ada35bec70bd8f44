import { describe, expect, test } from "vitest";
import { parseListenAddress } from "../../src/config/listen-address.ts";

describe("parseListenAddress", () => {
  test("reads an address, a name, brackets and a bare port", () => {
    const texts = ["127.0.0.1:10323", "localhost:0", "[::1]:10323", ":10323", "[fe80::1%eth0]:80"];
    expect(texts.map(parseListenAddress)).toEqual([
      { text: "127.0.0.1:10323", host: "127.0.0.1", tcpPort: 10_323 },
      { text: "localhost:0", host: "localhost", tcpPort: 0 },
      { text: "[::1]:10323", host: "::1", tcpPort: 10_323 },
      { text: ":10323", tcpPort: 10_323 },
      { text: "[fe80::1%eth0]:80", host: "fe80::1%eth0", tcpPort: 80 },
    ]);
  });

  test.each([
    "",
    "10323",
    "::1:10323",
    "[]:1",
    "a b:1",
    "host:65536",
    "host:-1",
    "http://a:1",
    "a:",
  ])("refuses %j", (text) => {
    expect(parseListenAddress(text)).toBeUndefined();
  });
});
