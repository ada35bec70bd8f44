import { expect, test } from "vitest";
import { readingSysctls } from "../../../src/host/reusing/reading-sysctls.ts";
import { notFound, notPermitted } from "../../../src/model/failure.ts";
import type { HostQuery } from "../../../src/model/query.ts";
import { type FakeAnswer, watchedHost } from "../../support/fake-host.ts";

const keys = [
  "net.ipv4.ip_forward",
  "net.ipv4.ip_local_port_range",
  "net.ipv6.conf.all.forwarding",
];
const query: HostQuery = { kind: "command", argv: ["sysctl", "-e", ...keys] };
const command = `sysctl -e ${keys.join(" ")}`;

const files: Record<string, FakeAnswer> = {
  "cat /proc/sys/net/ipv4/ip_forward": "1\n",
  "cat /proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n",
  "cat /proc/sys/net/ipv6/conf/all/forwarding": notFound("no file or directory"),
  [command]: "what sysctl says\n",
};

async function answerOf(answers: Record<string, FakeAnswer>, asked: HostQuery = query) {
  const watched = watchedHost(answers);
  const answer = await readingSysctls(watched.host).observe(asked);
  return {
    text: answer.ok ? answer.text : answer.failure.message,
    programs: watched.asked.filter((key) => key.startsWith("sysctl")),
  };
}

test("settings are read from their files, as sysctl prints them; a key that is not there is left out", async () => {
  expect(await answerOf(files)).toEqual({
    text: "net.ipv4.ip_forward = 1\nnet.ipv4.ip_local_port_range = 32768\t60999\n",
    programs: [],
  });
});

test.each<readonly [string, FakeAnswer]>([
  ["may not be read", notPermitted("no")],
  ["has several lines", "1\n2\n"],
  ["is empty", ""],
  ["has an empty line", "\n"],
])("sysctl is asked where a setting %s", async (_, odd) => {
  const answers = { ...files, "cat /proc/sys/net/ipv4/ip_forward": odd };
  expect(await answerOf(answers)).toEqual({ text: "what sysctl says\n", programs: [command] });
});

test.each<readonly [string, HostQuery]>([
  [
    "of a link with a dot",
    { kind: "command", argv: ["sysctl", "-e", "net.ipv4.conf.eth0/1.forwarding"] },
  ],
  ["of the kernel", { kind: "command", argv: ["sysctl", "-e", "kernel.osrelease"] }],
  ["inside a namespace", { ...query, netns: "/run/netns/blue" }],
])("sysctl is asked for a setting %s", async (_, asked) => {
  const watched = watchedHost({});
  await readingSysctls(watched.host).observe(asked);
  expect(watched.asked).toHaveLength(1);
  expect(watched.asked[0]).toContain("sysctl -e");
});
