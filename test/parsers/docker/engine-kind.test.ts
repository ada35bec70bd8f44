import { describe, expect, test } from "vitest";
import { engineKindOf } from "../../../src/parsers/docker/engine-kind.ts";

const plain = {
  hostname: "h1",
  operatingSystem: "Debian GNU/Linux 12 (bookworm)",
  securityOptions: ["name=seccomp,profile=builtin", "name=cgroupns"],
  dockerRootDir: "/var/lib/docker",
};

// In the words of the products' own documentation; none of them was at hand.
describe("engine-kind", () => {
  test.each([
    ["plain", {}, { kind: "plain" }],
    [
      "rootless",
      { securityOptions: ["name=seccomp,profile=builtin", "name=rootless"] },
      { kind: "rootless" },
    ],
    [
      "with a remapped user namespace",
      { securityOptions: ["name=userns"], dockerRootDir: "/var/lib/docker/165536.165536" },
      { kind: "userns-remap" },
    ],
    ["of a snap", { dockerRootDir: "/var/snap/docker/common/var-lib-docker" }, { kind: "snap" }],
    [
      "Docker Desktop",
      { operatingSystem: "Docker Desktop", hostname: "docker-desktop" },
      { kind: "desktop", product: "Docker Desktop" },
    ],
    [
      "OrbStack",
      { operatingSystem: "OrbStack", hostname: "orbstack" },
      { kind: "desktop", product: "OrbStack" },
    ],
    ["Colima", { hostname: "colima" }, { kind: "desktop", product: "Colima" }],
    ["a profile of Colima", { hostname: "colima-work" }, { kind: "desktop", product: "Colima" }],
    ["Lima", { hostname: "lima-docker" }, { kind: "desktop", product: "Lima" }],
    ["of a host with a similar name", { hostname: "colimar" }, { kind: "plain" }],
  ] as const)("tells an engine %s", (_, change, kind) => {
    expect(engineKindOf({ ...plain, ...change })).toEqual(kind);
  });
});
