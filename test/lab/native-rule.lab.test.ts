import { afterAll, beforeAll, expect, test } from "vitest";
import { publishHttp, runContainer } from "./support/containers.ts";
import { describeLab } from "./support/describe-lab.ts";
import { conclusionOf, doctorOn, healthy } from "./support/doctor.ts";
import { type Lab, openLab } from "./support/lab.ts";
import { type LabHost, mustOnHost } from "./support/lab-host.ts";
import { publishedPorts, startEngineHost, startLan } from "./support/standard-host.ts";

describeLab("a rule of nft in a table of iptables", () => {
  let lab: Lab;
  let host: LabHost;

  beforeAll(async () => {
    lab = await openLab();
    host = await startEngineHost(await startLan(lab), { name: "h1", number: 1 });
    const ports = [publishHttp(publishedPorts.web)];
    await runContainer(host, { name: "web", network: "bridge", ports });
  });

  afterAll(async () => {
    await lab?.close();
  });

  test("is not there on a host that nobody touched, and nothing is unknown", async () => {
    expect(conclusionOf(await doctorOn(host))).toEqual(healthy);
  });

  test("is never green, and its chain is named", async () => {
    const rule = ["ip", "filter", "FORWARD", "tcp", "dport", "{ 80, 443 }", "drop"];
    await mustOnHost(host, ["nft", "add", "rule", ...rule]);
    const { code, report } = await doctorOn(host);
    // nft's word counts for the whole chain then, and nft prints matches of iptables without what they ask.
    expect(code).toBe(3);
    const reasons = report.outcomes.flatMap(({ result }) =>
      result.status === "unknown" ? result.because.map(({ reason }) => reason) : [],
    );
    expect(reasons).toContainEqual(expect.stringMatching(/^nft ip filter FORWARD rule \d+: .*xt /));
  });
});
