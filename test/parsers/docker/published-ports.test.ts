import { describe, expect, test } from "vitest";
import { parsePublishedTcpPorts } from "../../../src/parsers/docker/published-ports.ts";

describe("published-ports", () => {
  test("reads the TCP ports that are published, each once", () => {
    const text = JSON.stringify([
      {
        Ports: [
          { IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp" },
          { IP: "::", PrivatePort: 80, PublicPort: 8080, Type: "tcp" },
          { PrivatePort: 443, Type: "tcp" },
          { PrivatePort: 53, PublicPort: 53, Type: "udp" },
        ],
      },
      { Ports: null },
      { Id: "x" },
    ]);
    expect(parsePublishedTcpPorts(text)).toStrictEqual({
      ok: true,
      value: new Set([8080]),
      ignored: [],
    });
  });

  test("refuses what is no list", () => {
    expect(parsePublishedTcpPorts("{}").ok).toBe(false);
  });
});
