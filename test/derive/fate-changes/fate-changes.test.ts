import { describe, expect, test } from "vitest";
import { fateChanges } from "../../../src/derive/fate-changes/fate-changes.ts";
import { aHost, type HostBuilder } from "../../support/a-host.ts";
import { aContainer, anEndpoint, aPort, appBridge } from "../../support/healthy-facts.ts";

const healthy = aHost();
const drop = "-A DOCKER-USER -i eth0 -p tcp -m tcp --dport 80 -j DROP";
const closed = healthy.withRule(drop, { at: "first" });
const publish = "publish:web/0.0.0.0:8080/tcp/eth0";

/** Changes between two built hosts: `broken publish:…: text of what decides now`. */
function changed(before: HostBuilder, after: HostBuilder): readonly string[] {
  const { changes } = fateChanges({ facts: before.facts() }, { facts: after.facts() });
  return changes.map(({ change, id, after: now, before: was }) => {
    const text = now?.text ?? was?.text;
    return `${change} ${id}${text === undefined ? "" : `: ${text}`}`;
  });
}

describe("changes of fate", () => {
  test("are none between equal hosts, whatever their counters and the numbers of rules", () => {
    const grown = closed.withRule("-A DOCKER-USER -i eth9 -j DROP", { at: "first" });
    expect([changed(healthy, healthy), changed(closed, grown)]).toEqual([[], []]);
  });

  test("are promises that broke, with what decides now, and mended ones the other way round", () => {
    const line = `${publish}: ipv4 filter DOCKER-USER rule 1: ${drop}`;
    expect([changed(healthy, closed), changed(closed, healthy)]).toEqual([
      [`broken ${line}`],
      [`mended ${line}`],
    ]);
  });

  test("carry both fates, with the owner of the rule", () => {
    const { promises, changes } = fateChanges(
      { facts: healthy.facts() },
      { facts: closed.facts() },
    );
    const [change] = changes;
    expect([promises, changes.length, change?.before]).toEqual([8, 1, { state: "kept" }]);
    const { element: _, ...after } = change?.after ?? { element: undefined };
    expect(after).toEqual({
      state: "failed",
      fate: "dropped",
      text: `ipv4 filter DOCKER-USER rule 1: ${drop}`,
      owner: "the administrator",
    });
  });

  test("are a loss where docker-proxy steps in, and its end", () => {
    const proxied = healthy.withoutRule(
      `-A DOCKER ! -i ${appBridge} -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80`,
      { table: "nat" },
    );
    const text = "no nat rule translates the destination 192.0.2.10";
    expect([changed(healthy, proxied), changed(proxied, healthy)]).toEqual([
      [`weakened ${publish}: ${text}`],
      [`strengthened ${publish}: ${text}`],
    ]);
  });

  test("are unsure where they cannot be told, and never broken for that", () => {
    const perhaps = healthy.withRule(
      "-A DOCKER-USER -i eth0 -p tcp -m tcp --dport 80 -m limit --limit 1/s -j DROP",
      { at: "first" },
    );
    const kinds = (before: HostBuilder, after: HostBuilder) =>
      changed(before, after).map((line) => line.split(" ")[0]);
    expect([
      kinds(healthy, perhaps),
      kinds(perhaps, healthy),
      kinds(perhaps, closed),
      kinds(perhaps, perhaps),
    ]).toEqual([["unsure-now"], ["certain-now"], ["certain-now"], []]);
    const blind = { facts: healthy.facts(), blind: "rulesets: not read" };
    const { changes } = fateChanges({ facts: healthy.facts() }, blind);
    expect(new Set(changes.map(({ change }) => change))).toEqual(new Set(["unsure-now"]));
  });

  test("tell a second fault from the first", () => {
    const other = healthy.withRule("-A FORWARD -o eth9 -j DROP").withForwardingOff();
    expect(changed(closed, other)).toContain(`other-cause ${publish}: net.ipv4.ip_forward = 0`);
  });

  test("walk the packets of before through a host that lost its uplink", () => {
    const alone = healthy.withLinkDown("eth0");
    expect(changed(healthy, alone)).toContain(`broken ${publish}: link eth0 is down`);
  });

  test("are new and gone promises where containers came and went", () => {
    const db = aContainer("db", {
      networkMode: "appnet",
      endpoints: [
        anEndpoint({ id: "0123456789abcdef", name: "appnet" }, "172.20.0.3/16", undefined),
      ],
      publishedPorts: [aPort("tcp", 9000, { containerPort: 5432 })],
    });
    const more = healthy.withContainer(db).withFacts({
      bridgePorts: [...healthy.facts().bridgePorts],
    });
    const kinds = (before: HostBuilder, after: HostBuilder) => [
      ...new Set(changed(before, after).map((line) => line.split(" ")[0])),
    ];
    expect([kinds(healthy, more), kinds(more, healthy)]).toEqual([["new"], ["gone"]]);
    const unpublished = healthy.withContainerChange("web", { publishedPorts: [] });
    expect(kinds(healthy, unpublished)).toEqual(["gone"]);
  });
});
