import { describe, expect, test } from "vitest";
import { hostCommands, netnsCommands } from "../../src/host/allowed.ts";
import type { RecordedObservation } from "../../src/host/recording.ts";
import { redactionOf } from "../../src/host/redact/answers.ts";
import { redactBundle, redactRecording } from "../../src/host/redact.ts";
import type { HostQuery } from "../../src/model/query.ts";

const key = new Uint8Array(32).fill(1);
const at = { observedAt: "2026-11-02T10:00:00.000Z", durationMs: 1 };

describe("redactRecording", () => {
  test("gives a container the same name in Docker's answer, in a rule and in a message", () => {
    const [docker, rules, failed] = redacted([
      answer(docker_("/containers/json?all=1"), '[{"Names":["/billing"]}]'),
      answer(
        command("iptables-nft-save", "-c"),
        '*filter\n:acme - [0:0]\n-A acme -m comment --comment "for billing, by acme" -j LOG\n',
      ),
      {
        query: docker_("/info"),
        observation: {
          ok: false,
          failure: { kind: "bad-answer", message: 'no such container: "billing"' },
          ...at,
        },
      },
    ]);
    expect([docker, rules, failed]).toEqual([
      '[{"Names":["/a-name-002"]}]',
      '*filter\n:a-name-001 - [0:0]\n-A a-name-001 -m comment --comment "for a-name-002, by a-name-001" -j LOG\n',
      'no such container: "a-name-002"',
    ]);
  });

  test("keeps the names of networks in order, Docker's own among them", () => {
    const given = ["Zoo", "alpha", "bridge", "c", "docker_gwbridge", "e", "host", "i", "ingress"];
    const all = [...given, "j", "none", "zeta"];
    const list = JSON.stringify(all.map((Name) => ({ Name })));
    const [text = ""] = redacted([answer(docker_("/networks"), list)]);
    const names = [...text.matchAll(/"Name":"([^"]+)"/g)].map((match) => match[1]);
    expect(names).toEqual([...names].sort());
    expect(new Set(names).size).toBe(all.length);
    const kept = names.filter((name) => all.some((each) => each === name));
    expect(kept).toEqual(["bridge", "docker_gwbridge", "host", "ingress", "none"]);
  });

  test("lets a bridge and a namespace file begin with their ids still, questions included", () => {
    const id = "0e4dbab34792f9e71eab337495a3a0daf621b43e6666f90dc588ba6641618151";
    const network = answer(docker_(`/networks/${id}`), JSON.stringify({ Id: id }));
    const [first] = redactRecording(
      [network, answer(command("ip", "-j", "-d", "addr"), `[{"ifname":"br-${id.slice(0, 12)}"}]`)],
      key,
    );
    const [text, links, names] = redacted([
      network,
      answer(command("ip", "-j", "-d", "addr"), `[{"ifname":"br-${id.slice(0, 12)}"}]`),
      answer({ kind: "directory", path: "/run/docker/netns" }, `default\n${id.slice(0, 12)}\n`),
    ]);
    const [, other = ""] = /"Id":"([0-9a-f]{64})"/.exec(text ?? "") ?? [];
    expect(other).not.toBe(id);
    expect(links).toBe(`[{"ifname":"br-${other.slice(0, 12)}"}]`);
    expect(names).toBe(`default\n${other.slice(0, 12)}\n`);
    expect(first?.query).toEqual({ kind: "docker", path: `/networks/${other}` });
  });

  test("keeps which links a rule's beginning of names matches", () => {
    const [rules = "", links = ""] = redacted([
      answer(
        command("iptables-save", "-c"),
        "*filter\n-A FORWARD -i office-+ -j DROP\n-A FORWARD -i br-+ -j ACCEPT\n",
      ),
      answer(
        command("ip", "-j", "-d", "addr"),
        '[{"ifname":"office-a"},{"ifname":"br-lan"},{"ifname":"shop"},{"ifname":"eth0"}]',
      ),
    ]);
    const beginnings = [...rules.matchAll(/-i (\S+)\+/g)].map((match) => match[1] ?? "");
    const names = [...links.matchAll(/"ifname":"([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(beginnings.map((each) => names.map((name) => name.startsWith(each)))).toEqual([
      [true, false, false, false],
      [false, true, false, false],
    ]);
    expect(names.join(" ")).not.toMatch(/office|lan|shop/);
    expect(names[3]).toBe("eth0");
  });

  test("keeps every word of a rule that decides, and the order of rules", () => {
    const rules = [
      "*nat",
      ":PREROUTING ACCEPT [3:180]",
      ":DOCKER - [0:0]",
      "[2:120] -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
      "[0:0] -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 127.0.0.2:80",
      "[0:0] -A DOCKER -p udp -m multiport --dports 53,5300:5310 -m limit --limit 3/min -j RETURN",
      '[0:0] -A DOCKER -m u32 --u32 "0x0>>0x16&0x3c@0xc&0xffffff00=0x100000" -j ACCEPT',
      "COMMIT",
      "# Completed on Mon Nov 23 17:10:11 2026",
      "",
    ].join("\n");
    expect(redacted([answer(command("iptables-nft-save", "-c"), rules)])).toEqual([rules]);
  });

  test("lets nothing hostile through: no environment, label, command, quote or unknown JSON", () => {
    const hostile = {
      Name: '/"; rm -rf $(x)\n🦀',
      Config: { Env: ["PASSWORD=hunter2"], Cmd: ["hunter2"], Labels: { "acme.team": "hunter2" } },
      Surprise: { "key of hunter2": "hunter2 and more" },
    };
    const [text = ""] = redacted([
      answer(docker_(`/containers/${"a".repeat(64)}/json`), JSON.stringify(hostile)),
      answer(command("nft", "-j", "list", "ruleset"), '{"nftables": [{"hunter2"'),
    ]);
    expect(text).not.toMatch(/hunter2|acme|rm -rf|🦀/);
    expect(Object.keys(JSON.parse(text))).toEqual(["Name", "Config", "Surprise"]);
  });

  test("hides programs, domains and hosts, and leaves ports", () => {
    const socket =
      'tcp LISTEN 0 4096 10.1.2.3%office:80 0.0.0.0:* users:(("acme d",pid=7,fd=3),("sshd",pid=8,fd=3))';
    const [text = "", host, cmdline = ""] = redacted([
      answer(command("ss", "-lntuHp"), socket),
      answer({ kind: "file", path: "/proc/sys/kernel/hostname" }, "db.acme.example\n"),
      answer(
        { kind: "file", path: "/proc/7/cmdline" },
        "/usr/bin/dockerd\0--bridge=office\0--bip\0" + "10.1.2.3/24\0--iptables=false\0",
      ),
    ]);
    expect(text).toMatch(
      /^tcp LISTEN 0 4096 10\.[\d.]+%(p-name-\d+):80 0\.0\.0\.0:\* users:\(\("a-name-\d+",pid=7,fd=3\),\("sshd",pid=8,fd=3\)\)$/,
    );
    expect(host).toMatch(/^[a-z]-name-\d+\n$/);
    const [, ifname = ""] = /%(\S+):80/.exec(text) ?? [];
    expect(cmdline.replace(/10\.[\d.]+/, "ADDRESS")).toBe(
      `/usr/bin/dockerd\0--bridge=${ifname}\0--bip\0ADDRESS/24\0--iptables=false\0`,
    );
  });

  test("lets dockerd's command line name its file of options still", () => {
    const text = "/usr/bin/dockerd\0--config-file=/srv/acme/office.json\0-H\0fd://\0";
    const [cmdline, file] = redactRecording(
      [
        answer({ kind: "file", path: "/proc/7/cmdline" }, text),
        answer({ kind: "file", path: "/srv/acme/office.json" }, '{"bridge":"office"}'),
      ],
      key,
    );
    const path = file?.query.kind === "file" ? file.query.path : "";
    expect(path).toMatch(/^\/[a-z]-name-\d+\/[a-z]-name-\d+\/[a-z]-name-\d+\.json$/);
    const line = cmdline?.observation.ok === true ? cmdline.observation.text : "";
    expect(line).toContain(`--config-file=${path}\0`);
  });

  test("knows the format of every answer that docknet asks for", () => {
    const commands = [...netnsCommands, ...hostCommands, "sysctl -e net.ipv4.ip_forward"];
    const files = [
      ...["/proc/net/ip_tables_names", "/proc/net/ip6_tables_names", "/etc/os-release"],
      ...["/proc/sys/kernel/hostname", "/proc/sys/kernel/osrelease", "/etc/docker/daemon.json"],
      ...["/var/run/docker.pid", "/proc/12/cmdline", "/proc/sys/net/ipv4/conf/eth0/forwarding"],
    ] as const;
    const queries: readonly HostQuery[] = [
      ...commands.map((line) => {
        const [program = "", ...words] = line.split(" ");
        return command(program, ...words);
      }),
      ...files.map((path): HostQuery => ({ kind: "file", path })),
      ...(["/version", "/info", "/networks", "/nodes", "/services", "/tasks"] as const).map(
        docker_,
      ),
      { kind: "directory", path: "/run/docker/netns" },
      { kind: "system", topic: "memory" },
    ];
    expect(queries.filter((query) => redactionOf(query) === undefined)).toEqual([]);
  });

  test("leaves out an answer whose format it does not know, with its question", () => {
    expect(redactRecording([answer(command("cat", "/home/acme"), "acme")], key)).toEqual([]);
  });
});

test("redactBundle says what was redacted and drops notes", () => {
  const origin = {
    tool: { name: "docknet", version: "0.1.0" },
    createdAt: at.observedAt,
    redactions: ["values of labels"],
    notes: ["host db.acme.example"],
  };
  const bundle = redactBundle({ origin, recording: [] }, key);
  expect(bundle.origin).toEqual({
    tool: origin.tool,
    createdAt: origin.createdAt,
    redactions: ["values of labels", expect.stringMatching(/^addresses by pseudonyms/)].concat(
      bundle.origin.redactions.slice(2),
    ),
  });
});

function command(program: string, ...words: readonly string[]): HostQuery {
  return { kind: "command", argv: [program, ...words] };
}

function docker_(path: `/${string}`): HostQuery {
  return { kind: "docker", path };
}

function answer(query: HostQuery, text: string): RecordedObservation {
  return { query, observation: { ok: true, text, ...at } };
}

/** The redacted answers, or the messages of those that failed. */
function redacted(recording: readonly RecordedObservation[]): readonly string[] {
  return redactRecording(recording, key).map(({ observation }) =>
    observation.ok ? observation.text : observation.failure.message,
  );
}
