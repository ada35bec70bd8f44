import { expect, test } from "vitest";
import { bindingText, notApplicable, type Subject, subjectText } from "../../src/model/finding.ts";

const binding = { protocol: "tcp", address: "::", hostPort: 80 } as const;

const subjects: readonly (readonly [Subject, string])[] = [
  [{ kind: "host" }, "host"],
  [{ kind: "sysctl", key: "net.ipv4.ip_forward" }, "sysctl:net.ipv4.ip_forward"],
  [{ kind: "link", name: "docker0" }, "link:docker0"],
  [{ kind: "link", name: "eth0", container: "web" }, "link:web/eth0"],
  [
    { kind: "chain", family: "ipv4", table: "filter", chain: "FORWARD" },
    "chain:ipv4/filter/FORWARD",
  ],
  [{ kind: "network", name: "apps" }, "network:apps"],
  [{ kind: "container", name: "web" }, "container:web"],
  [{ kind: "published-port", container: "web", binding }, "published-port:web/[::]:80/tcp"],
  [{ kind: "swarm-port", port: 7946, protocol: "udp" }, "swarm-port:7946/udp"],
  [
    { kind: "swarm-port", port: 7946, protocol: "tcp", peer: "10.99.0.2" },
    "swarm-port:7946/tcp@10.99.0.2",
  ],
  [{ kind: "route", prefix: "172.17.0.0/16" }, "route:172.17.0.0/16"],
];

test.each(subjects)("the subject %j has a text of its own", (subject, text) => {
  expect(subjectText(subject)).toBe(text);
});

test("a binding of IPv4 has no brackets", () => {
  expect(bindingText({ ...binding, address: "0.0.0.0" })).toBe("0.0.0.0:80/tcp");
});

test("a check that does not apply says why", () => {
  expect(notApplicable("no swarm")).toStrictEqual({ status: "not-applicable", reason: "no swarm" });
});
