import { expect, test } from "vitest";
import { vlans } from "../../../src/collectors/layer2/vlans.ts";
import { fakeHost, fakeInstant } from "../../support/fake-host.ts";
import { aLink } from "../../support/healthy-facts.ts";

const answer = '[{"ifname":"br0","vlans":[{"vlan":7,"flags":["PVID"]}]}]';

function collected(vlanFiltering: boolean) {
  const details = { kind: "bridge", stpEnabled: false, vlanFiltering } as const;
  return vlans.collect(fakeHost({ "bridge -j vlan": answer }), {
    facts: { links: [aLink("br0", { details })] },
    now: fakeInstant,
  });
}

test("asks for VLANs where a bridge filters them", async () => {
  expect(await collected(true)).toMatchObject({
    state: "known",
    value: [{ ifname: "br0", vlanId: 7, pvid: true, egressUntagged: false }],
  });
});

test("asks nobody where no bridge filters", async () => {
  expect(await collected(false)).toStrictEqual({
    state: "absent",
    reason: "no bridge filters VLANs",
  });
});
