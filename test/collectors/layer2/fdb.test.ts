import { expect, test } from "vitest";
import { fdb } from "../../../src/collectors/layer2/fdb.ts";
import { notFound } from "../../../src/model/failure.ts";
import { collect } from "../../support/collect.ts";
import { fakeInstant } from "../../support/fake-host.ts";

const query = "bridge -j fdb";

test("forwarding databases tell behind which port or VTEP an address is", async () => {
  const text = JSON.stringify([
    { mac: "02:42:0a:00:00:02", ifname: "veth1", flags: [], master: "br0", state: "" },
    {
      mac: "02:42:0a:00:01:05",
      ifname: "vxlan0",
      dst: "192.0.2.7",
      flags: ["self"],
      state: "permanent",
    },
  ]);
  expect(await collect(fdb, { [query]: text })).toStrictEqual({
    state: "known",
    value: [
      {
        mac: "02:42:0a:00:00:02",
        ifname: "veth1",
        bridge: "br0",
        entryState: "dynamic",
        flags: [],
      },
      {
        mac: "02:42:0a:00:01:05",
        ifname: "vxlan0",
        vtep: "192.0.2.7",
        entryState: "permanent",
        flags: ["self"],
      },
    ],
    collectedAt: fakeInstant,
    sources: [{ kind: "command", argv: query.split(" ") }],
    ignored: [],
  });
});

test("forwarding databases are unknown without the program", async () => {
  const failure = notFound("no program bridge");
  expect(await collect(fdb, { [query]: failure })).toStrictEqual({ state: "unknown", failure });
});
