import { describe, expect, test } from "vitest";
import { answered } from "../../src/host/live-answer.ts";
import { stripFile } from "../../src/host/strip-daemon-options.ts";

const config = "/etc/docker/daemon.json";

describe("stripFile", () => {
  test("keeps of daemon.json the options of networking only", () => {
    const options = {
      "userland-proxy": false,
      "log-opts": { "splunk-token": "s3cret" },
      proxies: { "http-proxy": "http://ann:s3cret@proxy" },
      bip: "10.200.0.1/24",
    };
    expect(stripFile(config, answered(JSON.stringify(options)))).toEqual(
      answered('{"userland-proxy":false,"bip":"10.200.0.1/24"}'),
    );
  });

  test("keeps an empty daemon.json empty", () => {
    expect(stripFile(config, answered("\n"))).toEqual(answered("\n"));
  });

  test.each(["{", "[]", "null"])("does not pass on a daemon.json that holds `%s`", (text) => {
    expect(stripFile(config, answered(text))).toEqual({
      ok: false,
      failure: {
        kind: "unparsable",
        message: '"/etc/docker/daemon.json" is not JSON; `dockerd --validate` says where',
      },
    });
  });

  test("keeps of dockerd's command line the options of networking only", () => {
    const line = words(
      ...["/usr/bin/dockerd", "--log-opt", "splunk-token=s3cret", "--userland-proxy=false"],
      ...["--bip", "10.0.0.1/24", "-H", "tcp://ann:s3cret@x", "--iptables"],
    );
    expect(stripFile("/proc/7/cmdline", answered(line))).toEqual(
      answered(
        words("/usr/bin/dockerd", "--userland-proxy=false", "--bip", "10.0.0.1/24", "--iptables"),
      ),
    );
  });

  test("keeps where dockerd listens, without what could be a credential", () => {
    const line = words(
      ...["dockerd", "-Hfd://", "-H", "unix:///run/d.sock", "--host=tcp://ann:s3cret@x:1"],
      ...[
        "--live-restore",
        "s3cret",
        "-D",
        "--registry-mirror",
        "https://ann:s3cret@x",
        "-G",
        "ops",
      ],
    );
    expect(stripFile("/proc/7/cmdline", answered(line))).toEqual(
      answered(
        words("dockerd", "-Hfd://", "-H", "unix:///run/d.sock", "--live-restore", "-G", "ops"),
      ),
    );
    const file = JSON.stringify({ hosts: ["fd://", "tcp://ann:s3cret@x"], labels: ["s3cret"] });
    expect(stripFile("/srv/d.json", answered(file))).toEqual(answered('{"hosts":["fd://"]}'));
  });

  test("keeps of another process its program only", () => {
    const line = words("/usr/bin/mysql --password=s3cret", "--iptables");
    expect(stripFile("/proc/7/cmdline", answered(line))).toEqual(answered("/usr/bin/mysql\0"));
  });

  test("keeps the whole line of docker-proxy, and of a line that is not its own what could be", () => {
    const line = words(
      ...["/usr/bin/docker-proxy", "-proto", "tcp", "-host-ip", "::", "-host-port", "8080"],
      ...["-container-ip", "172.17.0.2", "-container-port", "80", "-use-listen-fd"],
    );
    expect(stripFile("/proc/7/cmdline", answered(line))).toEqual(answered(line));
    const odd = answered(words("docker-proxy", "--password=s3cret", "hunter"));
    expect(stripFile("/proc/7/cmdline", odd)).toEqual(answered("docker-proxy\0"));
  });

  test("leaves other files and failures as they are", () => {
    const failure = { ok: false, failure: { kind: "not-found", message: "no file" } } as const;
    expect(stripFile("/etc/os-release", answered("{"))).toEqual(answered("{"));
    expect(stripFile(config, failure)).toEqual(failure);
  });
});

function words(...parts: readonly string[]): string {
  return parts.map((part) => `${part}\0`).join("");
}
