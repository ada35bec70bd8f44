import { describe, expect, test } from "vitest";
import { parseDockerProxy } from "../../../src/parsers/processes/docker-proxy.ts";

const line =
  "/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80";

function read(text: string) {
  return parseDockerProxy(`${text.replaceAll(" ", "\0")}\0`);
}

describe("docker-proxy", () => {
  test("reads what it forwards", () => {
    const value = {
      protocol: "tcp",
      hostAddress: "0.0.0.0",
      hostPort: 8080,
      containerAddress: "172.17.0.2",
      containerPort: 80,
      usesListenFd: false,
    };
    expect(read(line)).toStrictEqual({ ok: true, value, ignored: [] });
    const handed = { ok: true, value: { ...value, usesListenFd: true }, ignored: [] };
    expect(read(`${line} -use-listen-fd`)).toStrictEqual(handed);
    expect(read(`${line} -use-listen-fd=true`)).toStrictEqual(handed);
    expect(read(`${line} --use-listen-fd=false`)).toStrictEqual({ ok: true, value, ignored: [] });
  });

  test("takes every form of an option, IPv6 and the last one of several", () => {
    const text = `${line} --host-ip=:: -host-port=53 -proto=udp --container-ip FD00::2`;
    expect(read(text)).toMatchObject({
      value: {
        protocol: "udp",
        hostAddress: "::",
        hostPort: 53,
        containerAddress: "fd00::2",
        containerPort: 80,
      },
    });
  });

  test.each([
    ["bash -proto tcp", 'found "bash" where docker-proxy stands'],
    ["docker-proxy", "a protocol, a host's or a container's address is missing"],
    [line.replace("8080", "70000"), "a port is missing"],
    [line.replace("tcp", "gre"), "a protocol, a host's or a container's address is missing"],
  ])("says what is wrong with %j", (text, message) => {
    expect(read(text)).toStrictEqual({
      ok: false,
      failure: { kind: "unparsable", message, line: 1 },
    });
  });
});
