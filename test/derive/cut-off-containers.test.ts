import { describe, expect, test } from "vitest";
import type { Container } from "../../src/model/docker.ts";
import { aHost } from "../support/a-host.ts";
import { appBridge } from "../support/healthy-facts.ts";
import { statesOn } from "../support/judged.ts";

/** Two containers are listed on appnet, and its bridge has one port. */
function withSecond(state: Container["state"] | undefined) {
  const host = aHost();
  const { dockerNetworks, containers } = host.facts();
  const attachments = dockerNetworks.find(({ name }) => name === "appnet")?.attachments ?? [];
  const changed = host.withNetworkChange("appnet", {
    attachments: [...attachments, { name: "looping", addresses: [] }],
  });
  const [first] = containers;
  if (first === undefined || state === undefined) return changed;
  return changed.withContainer({ ...first, id: "c3", name: "looping", state, endpoints: [] });
}

const egressOfWeb = "egress:web@appnet/ipv4/eth0";

describe("a bridge with fewer ports than endpoints", () => {
  test("leaves unsure what goes over it: some container is cut off", () => {
    const unsure = `unsure: bridge ${appBridge} has 1 forwarding ports for 2 endpoints`;
    for (const state of ["running", "paused", undefined] as const) {
      expect(statesOn(withSecond(state))[egressOfWeb]).toContain(unsure);
    }
  });

  test("is as it must be where the network still lists a container that does not run", () => {
    for (const state of ["restarting", "exited"] as const) {
      expect(statesOn(withSecond(state))[egressOfWeb]).toBe("kept");
    }
  });
});
