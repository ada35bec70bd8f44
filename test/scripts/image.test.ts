import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { documentedCommands } from "../../scripts/docs/documented-commands.ts";
import { imagePackages, imageSuite } from "../../scripts/package/image.ts";

const dockerfile = readFileSync("deploy/Dockerfile", "utf8");
const stack = z
  .object({
    services: z.object({
      agent: z.object({
        cap_drop: z.array(z.string()),
        cap_add: z.array(z.string()),
        read_only: z.boolean(),
        volumes: z.array(
          z.object({ source: z.string(), target: z.string(), read_only: z.boolean().optional() }),
        ),
        deploy: z.object({ mode: z.string() }),
      }),
    }),
  })
  .parse(parse(readFileSync("deploy/docker-stack.yml", "utf8"))).services.agent;
const run =
  documentedCommands(readFileSync("docs/install.md", "utf8")).find((command) =>
    command.startsWith("docker run "),
  ) ?? "";

describe("the image's tree", () => {
  test("has the Debian packages that deploy/Dockerfile names", () => {
    expect(imageSuite(dockerfile)).toBe("trixie");
    expect(imagePackages(dockerfile)).toEqual([
      "bridge-utils",
      "conntrack",
      "ipset",
      "iproute2",
      "iptables",
      "nftables",
      "procps",
    ]);
  });

  test("is of no release that nobody tried", () => {
    expect(() => imageSuite("FROM alpine:3\n")).toThrow("bookworm-slim or trixie-slim");
  });
});

describe("a container of it", () => {
  const unit = readFileSync("systemd/docknet.service", "utf8");
  const ofUnit = /^CapabilityBoundingSet=(.*)$/m.exec(unit)?.[1]?.replaceAll("CAP_", "").split(" ");

  test("has the service's capabilities and no others, by docker run and as a stack", () => {
    expect([...run.matchAll(/--cap-add=(\S+)/g)].map((match) => match[1])).toEqual(ofUnit);
    expect(run).toContain("--cap-drop=ALL");
    expect(stack).toMatchObject({ cap_drop: ["ALL"], cap_add: ofUnit, read_only: true });
  });

  test("is given the same of the host by both; the stack has /proc in place of --pid=host", () => {
    const ofRun = [...run.matchAll(/--volume (\S+?):(\S+?):ro/g)].map((match) => match[1]);
    expect(run).toContain("--pid=host");
    expect(stack.volumes.map(({ source }) => source).sort()).toEqual([...ofRun, "/proc"].sort());
    expect(stack.volumes.filter(({ source, target }) => source !== target)).toEqual([]);
    const written = stack.volumes.filter(({ read_only }) => read_only !== true);
    expect(written.map(({ source }) => source)).toEqual(["/proc"]);
  });

  test("runs on every node", () => {
    expect(stack.deploy.mode).toBe("global");
  });
});
