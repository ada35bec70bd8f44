import { describe, expect, test } from "vitest";
import type { Link } from "../../../src/model/link.ts";
import { aHost, type HostBuilder } from "../../support/a-host.ts";
import { aSocket, linkAddress } from "../../support/healthy-facts.ts";
import { withIpv6 } from "../../support/host-variants.ts";
import { fateOn, incoming, withPacket } from "../../support/walked.ts";

const own = "2001:db8::10";

/** Until an address may be used, the kernel has no local route for it (addrconf_dad_completed). */
function hostWith(flags: readonly string[], change: Partial<Link> = {}): HostBuilder {
  const usable = !flags.includes("tentative") || flags.includes("optimistic");
  const host = withIpv6(aHost())
    .withSocket({ ...aSocket("tcp", 22, "sshd"), address: "::" })
    .withLinkChange("eth0", {
      addresses: [linkAddress("192.0.2.10/24"), { ...linkAddress(`${own}/64`), flags }],
      ...change,
    });
  return usable ? host : host.withoutRoute(`${own}/128`);
}

const ipv6 = { family: "ipv6", source: "2001:db8::7", destination: own } as const;
const arriving = withPacket(incoming, { ...ipv6, destinationPort: 22 });
const itsOwn = { ...withPacket(arriving, { source: "::" }), entry: { kind: "local" } } as const;

describe("a packet to an IPv6 address of the host", () => {
  test.each([
    ["in use", []],
    ["in use while it is checked", ["tentative", "optimistic"]],
  ])("that is %s is taken", (_name, flags) => {
    expect(fateOn(hostWith(flags), arriving)).toBe(`taken by sshd, 2001:db8::7 → ${own}:22`);
  });

  test("that is being checked for a second owner is unsure, also from the host itself", () => {
    const text = `unsure: ${own} on eth0 is being checked for a second owner (tentative): it is answered on in some seconds`;
    const host = hostWith(["tentative"]);
    expect([fateOn(host, arriving), fateOn(host, itsOwn)]).toEqual([text, text]);
  });

  test("that somebody else has is not taken, and that is certain", () => {
    const host = hostWith(["tentative", "dadfailed"]);
    expect(fateOn(host, arriving)).not.toMatch(/^(unsure|taken)/);
  });

  test("on a link without a carrier is not taken, and that is certain", () => {
    const host = hostWith(["tentative"], { carrier: false });
    expect(fateOn(host, arriving)).not.toMatch(/^(unsure|taken)/);
  });
});
