import { expect, test } from "vitest";
import { parseEndpoint } from "../../../src/derive/trace/endpoint.ts";
import { trace } from "../../../src/derive/trace/trace.ts";
import { aHost, type HostBuilder } from "../../support/a-host.ts";
import { appBridge, aRoute, aSocket } from "../../support/healthy-facts.ts";
import { tracedHost } from "../../support/traced-host.ts";

const web = {
  name: "web",
  veth: "veth2",
  bridge: appBridge,
  gateway: "172.20.0.1",
  address: "172.20.0.2/16",
  sockets: [aSocket("tcp", 80, undefined)],
};

function said(host: HostBuilder, from: string, to: string): string {
  const [sender, target] = [parseEndpoint(from), parseEndpoint(to)];
  if (!sender.ok || !target.ok) throw new Error("no endpoint");
  const question = { from: sender.value, to: target.value, protocol: "tcp" } as const;
  const answer = trace(tracedHost(host, web), question);
  return answer.ok ? answer.value.sentence : answer.message;
}

const subnet = "172.20.0.0/16";

test.each([
  ["its bridge is down", aHost().withLinkDown(appBridge), `link ${appBridge} is down`],
  ["its bridge is not there", aHost().withoutLink(appBridge), `link ${appBridge} is missing`],
  [
    "its bridge has lost its address",
    aHost().withLinkChange(appBridge, { addresses: [] }),
    `link ${appBridge} does not carry 172.20.0.1`,
  ],
  ["its route is gone", aHost(), "default via 192.0.2.1 dev eth0"],
  [
    "another route is before its own",
    aHost().withRoute(aRoute(subnet, "eth0", { metric: 0 })),
    `${subnet} dev eth0`,
  ],
])(
  "a packet that went another way is blamed on what sent it there: %s",
  (_name, host, expected) => {
    const lost = host.withoutRoute(subnet);
    const astray = expected.startsWith(subnet)
      ? lost.withRoute(aRoute(subnet, "eth0", { metric: 0 }))
      : lost;
    expect(said(astray.withPolicy("FORWARD", "DROP"), "outside", "host:8080")).toContain(
      `does not reach host:8080/tcp: dropped in host: ${expected}`,
    );
  },
);

test("a container's own address that leaves though the host's was promised makes it unsure whether an answer comes", () => {
  const flushed = aHost().withEmptyChain("POSTROUTING", { table: "nat" });
  expect(said(aHost(), "web", "outside:80")).toMatch(/and the answer comes back\.$/);
  expect(said(flushed, "web", "outside:80")).toBe(
    "Whether web reaches outside:80/tcp is unsure: in host: no nat rule translates the source 172.20.0.2.",
  );
});
