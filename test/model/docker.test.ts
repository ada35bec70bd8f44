import { expect, test } from "vitest";
import { isRoutedBridge } from "../../src/model/docker.ts";
import { parseDockerNetwork } from "../../src/parsers/docker-networks.ts";

test.each([
  ["a bridge network", {}, true],
  ["an internal one", { Internal: true }, false],
  ["a template for others", { ConfigOnly: true }, false],
  ["an overlay", { Driver: "overlay" }, false],
])("of %s the host routes packets or not", (_, extra, routed) => {
  const body = { Id: "0123456789abcdef", Name: "n", Driver: "bridge", ...extra };
  const network = parseDockerNetwork(JSON.stringify(body));
  expect(network.ok && isRoutedBridge(network.value)).toBe(routed);
});
