import { expect, test } from "vitest";
import { hostIdentity } from "../../src/collectors/host-identity.ts";
import { notFound, notPermitted } from "../../src/model/failure.ts";
import { collect } from "../support/collect.ts";
import { fakeInstant } from "../support/fake-host.ts";

const answers = {
  "cat /proc/sys/kernel/hostname": "h1\n",
  "cat /proc/sys/kernel/osrelease": "6.18.44\n",
  "cat /etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n<x>\n',
};
const proc = [
  { kind: "file", path: "/proc/sys/kernel/hostname" },
  { kind: "file", path: "/proc/sys/kernel/osrelease" },
];

test("names host, kernel and distribution", async () => {
  expect(await collect(hostIdentity, answers)).toStrictEqual({
    state: "known",
    value: {
      hostname: "h1",
      kernel: "6.18.44",
      distribution: "Debian GNU/Linux 12 (bookworm)",
    },
    collectedAt: fakeInstant,
    sources: [...proc, { kind: "file", path: "/etc/os-release" }],
    ignored: [
      {
        line: 2,
        text: "<x>",
        reason: "it is no assignment",
        source: { kind: "file", path: "/etc/os-release" },
      },
    ],
  });
});

test("does without a distribution", async () => {
  const fact = await collect(hostIdentity, { ...answers, "cat /etc/os-release": notFound("none") });
  expect(fact).toStrictEqual({
    state: "known",
    value: { hostname: "h1", kernel: "6.18.44" },
    collectedAt: fakeInstant,
    sources: proc,
    ignored: [],
  });
});

test.each(["cat /proc/sys/kernel/hostname", "cat /proc/sys/kernel/osrelease"])(
  "is unknown without %s",
  async (key) => {
    const failure = notPermitted("the file may not be read; run as root");
    expect(await collect(hostIdentity, { ...answers, [key]: failure })).toStrictEqual({
      state: "unknown",
      failure,
    });
  },
);
