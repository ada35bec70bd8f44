import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { collectors } from "../../src/collectors/index.ts";
import { innerVethPeers, vethPeers } from "../../src/derive/veth-peers.ts";
import { takeSnapshot } from "../../src/engine/take-snapshot.ts";
import { readBundle } from "../../src/host/bundle.ts";
import { replayHost } from "../../src/host/replay.ts";
import { notPermitted } from "../../src/model/failure.ts";
import type { Link } from "../../src/model/link.ts";
import type { Sandbox } from "../../src/model/sandbox.ts";
import { aSandbox } from "../support/a-sandbox.ts";
import { aLink } from "../support/healthy-facts.ts";

/** One end of a veth pair: its index, that of the other end, and the number of the other's namespace. */
function end(
  ifname: string,
  [ifindex, peerIfindex, peerNetnsId]: readonly [number, number, number],
): Link {
  return aLink(ifname, { ifindex, peerIfindex, peerNetnsId, linkKind: "veth" });
}

function inside(path: string, ...value: readonly Link[]): Sandbox {
  return aSandbox({ path, parts: { links: { state: "known", value } } });
}

describe("veth pairs", () => {
  test("are found on a real host with a container on each kind of network", async () => {
    const folder = join(import.meta.dirname, "../recordings/lab-h1-inside--healthy");
    const read = await readBundle(folder);
    const host = replayHost(read.ok ? read.bundle.recording : []);
    const clock = { now: () => "2026-11-02T10:00:00.000Z", elapsedMs: () => 0 };
    const { facts } = (await takeSnapshot(host, { collectors, clock })).snapshot;
    if (facts.links.state !== "known" || facts.sandboxes.state !== "known") throw new Error();
    const names = new Map(facts.sandboxes.value.map(({ path, containers }) => [path, containers]));
    const pairs = vethPeers(facts.links.value, facts.sandboxes.value);
    expect(
      pairs.map(({ sandbox, inner }) => `${names.get(sandbox)?.join()} ${inner}`).sort(),
    ).toEqual([
      "api,rider eth0",
      "client eth0",
      "client eth1",
      "mighty eth0",
      "store eth0",
      "web eth0",
    ]);
    const own = facts.links.value.filter(({ ifname }) => ifname.startsWith("veth"));
    expect(pairs.map(({ hostLink }) => hostLink).sort()).toEqual(
      own.map(({ ifname }) => ifname).sort(),
    );
  });

  const hostEnd = end("veth1", [9, 8, 0]);

  test("need both ends to name each other", () => {
    expect(vethPeers([hostEnd], [inside("/a", end("eth0", [8, 9, 0]))])).toEqual([
      { hostLink: "veth1", sandbox: "/a", inner: "eth0" },
    ]);
    expect(vethPeers([hostEnd], [inside("/a", end("eth0", [8, 10, 0]))])).toEqual([]);
    expect(vethPeers([hostEnd], [inside("/a", end("eth0", [7, 9, 0]))])).toEqual([]);
  });

  test("are left out where two namespaces could hold the other end", () => {
    const twins = [inside("/a", end("eth0", [8, 9, 0])), inside("/b", end("eth0", [8, 9, 0]))];
    expect(vethPeers([hostEnd], twins)).toEqual([]);
  });

  test("go by the number under which most links of a namespace stand", () => {
    const host = [end("veth1", [9, 8, 4]), end("veth2", [11, 10, 4]), end("veth3", [13, 12, 5])];
    const own = inside("/a", end("eth0", [8, 9, 0]), end("eth1", [10, 11, 0]));
    const with3 = inside(
      "/a",
      end("eth0", [8, 9, 0]),
      end("eth1", [10, 11, 0]),
      end("eth2", [12, 13, 0]),
    );
    const first = ["veth1", "veth2"];
    expect(vethPeers(host, [own]).map(({ hostLink }) => hostLink)).toEqual(first);
    expect(vethPeers(host, [with3]).map(({ hostLink }) => hostLink)).toEqual(first);
    expect(
      vethPeers(
        [host[0], host[2]].flatMap((link) => link ?? []),
        [with3],
      ),
    ).toEqual([]);
  });

  test("are unknown where the namespace could not be entered", () => {
    const failure = notPermitted("needs CAP_SYS_ADMIN", "CAP_SYS_ADMIN");
    const closed = aSandbox({ path: "/a", parts: { links: { state: "unknown", failure } } });
    expect(vethPeers([hostEnd], [closed])).toEqual([]);
  });
});

describe("veth pairs of an overlay network and its containers", () => {
  const overlay = (path: string, ...links: readonly Link[]) => ({
    ...inside(path, ...links),
    role: "overlay" as const,
  });

  test("are those that name each other, where no other could be meant", () => {
    const network = overlay("/ov", end("veth0", [47, 46, 1]), end("veth1", [51, 50, 2]));
    const first = inside("/a", end("eth0", [46, 47, 0]), end("eth1", [48, 49, 1]));
    const second = inside("/b", end("eth0", [50, 51, 0]));
    expect(innerVethPeers([network, first, second])).toEqual([
      { one: { sandbox: "/ov", ifname: "veth0" }, other: { sandbox: "/a", ifname: "eth0" } },
      { one: { sandbox: "/ov", ifname: "veth1" }, other: { sandbox: "/b", ifname: "eth0" } },
    ]);
    const third = inside("/c", end("eth0", [50, 51, 0]));
    expect(innerVethPeers([network, first, second, third])).toHaveLength(1);
    expect(innerVethPeers([first, second])).toEqual([]);
  });
});
