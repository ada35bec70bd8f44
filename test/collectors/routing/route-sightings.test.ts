import { describe, expect, test } from "vitest";
import { routeSightings } from "../../../src/collectors/routing/route-sightings.ts";
import { notPermitted } from "../../../src/model/failure.ts";
import { collect } from "../../support/collect.ts";
import { fixtureText } from "../../support/fixtures.ts";

const [v4, v6] = ["ip -j route get 1.1.1.1", "ip -j -6 route get 2606:4700:4700::1111"] as const;
const textOf = (family: string) =>
  fixtureText("route-get", `debian12-iproute6.1--by-gateway.${family}`);
const exit = (stderr: string) =>
  ({ kind: "exit", message: "ended with 2", exitCode: 2, stderr }) as const;

describe("routeSightings", () => {
  test("hold where the kernel routes a far address of each family", async () => {
    const fact = await collect(routeSightings, { [v4]: textOf("ipv4"), [v6]: textOf("ipv6") });
    expect(fact).toMatchObject({
      state: "known",
      value: [
        {
          family: "ipv4",
          destination: "1.1.1.1",
          answer: { kind: "unicast", outputLink: "eth0", gateway: "192.0.2.1" },
        },
        {
          family: "ipv6",
          destination: "2606:4700:4700::1111",
          answer: { kind: "unicast", outputLink: "eth0", gateway: "fe80::1" },
        },
      ],
    });
    expect(fact).not.toHaveProperty("gaps");
  });

  test.each(["Network is unreachable", "No route to host"])(
    "take %s for an answer",
    async (why) => {
      const failure = exit(`RTNETLINK answers: ${why}`);
      expect(await collect(routeSightings, { [v4]: failure })).toMatchObject({
        value: [{ family: "ipv4", answer: { kind: "refused" } }],
      });
    },
  );

  test("lack nothing where the kernel has no such family, or nobody asked", async () => {
    const failure = exit("RTNETLINK answers: Operation not supported");
    const fact = await collect(routeSightings, { [v6]: failure });
    expect(fact).toMatchObject({ state: "known", value: [] });
    expect(fact).not.toHaveProperty("gaps");
  });

  test("say what could not be asked", async () => {
    const failure = notPermitted("needs something; run as root");
    expect(await collect(routeSightings, { [v4]: failure })).toMatchObject({
      state: "known",
      value: [],
      gaps: ["where the kernel routes 1.1.1.1: needs something; run as root"],
    });
  });
});
