import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redactRecording } from "../../src/host/redact.ts";
import type { HostQuery } from "../../src/model/query.ts";
import { jsonLike, mutationsOf } from "../support/arbitraries.ts";
import { cpuMsOf } from "../support/cpu-time.ts";

const key = new Uint8Array(32).fill(3);
const at = { observedAt: "2026-11-02T10:00:00.000Z", durationMs: 1 };

const texts: readonly (readonly [HostQuery, string])[] = [
  [
    { kind: "command", argv: ["iptables-nft-save", "-c"] },
    '*nat\n:DOCKER - [0:0]\n[1:60] -A DOCKER ! -i shop -s 10.1.0.0/16 -m comment --comment "a \\"b\\"" -j DNAT --to-destination 10.1.2.3:80\n',
  ],
  [
    { kind: "command", argv: ["ip", "-j", "-d", "addr"] },
    '[{"ifname":"shop","address":"02:42:ac:11:00:02","local":"10.1.2.3","prefixlen":24}]',
  ],
  [
    { kind: "command", argv: ["nft", "-j", "list", "ruleset"] },
    '{"nftables":[{"rule":{"expr":[{"match":{"left":{"meta":{"key":"iifname"}},"right":{"range":["10.1.2.3","10.1.2.9"]}}},{"prefix":{"addr":"10.1.0.0","len":16}}]}}]}',
  ],
  [
    { kind: "docker", path: "/networks" },
    '[{"Name":"shop","Options":{"com.docker.network.bridge.name":"shop"},"Containers":{},"IPAM":{"Config":[{"Subnet":"10.1.2.0/24"}]}}]',
  ],
  [
    { kind: "command", argv: ["ss", "-lntuHp"] },
    'tcp LISTEN 0 4096 10.1.2.3%shop:80 0.0.0.0:* users:(("shop",pid=7,fd=3))\n',
  ],
  [{ kind: "command", argv: ["sysctl", "-e", "net.ipv4.ip_forward"] }, "net.ipv4.ip_forward = 1\n"],
  [{ kind: "command", argv: ["brctl", "show"] }, "shop\t\t8000.0242ac110002\tno\t\tveth1a2b3c4\n"],
  [{ kind: "directory", path: "/run/docker/netns" }, "1-abcdefghij\n0e4dbab34792\n"],
  [{ kind: "file", path: "/proc/7/cmdline" }, "/usr/bin/dockerd\0--bridge=shop\0"],
];

describe.each(texts)("redaction of %o", (query, text) => {
  test("takes whatever a bad disk, a cut pipe or a hostile name makes of it", () => {
    const odd = fc.oneof(mutationsOf([text]), jsonLike(text), fc.string());
    fc.assert(
      fc.property(odd, odd, (one, stderr) => {
        const recording = [{ query, observation: { ok: true, text: one, stderr, ...at } }] as const;
        expect(redactRecording(recording, key)).toHaveLength(1);
      }),
    );
  });

  test.each(["..", '"', '\\"', " ", "! ", "{", "[", "a:", "%", "1-", "#\n"])(
    "takes %j a hundred thousand times in a moment",
    (piece) => {
      const long = piece.repeat(100_000);
      const observation = { ok: true, text: long, stderr: long, ...at } as const;
      expect(cpuMsOf(() => redactRecording([{ query, observation }], key))).toBeLessThan(3_000);
    },
  );
});
