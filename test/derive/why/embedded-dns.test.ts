import { describe, expect, test } from "vitest";
import type { SandboxFacts } from "../../../src/model/sandbox.ts";
import {
  answered,
  askedBuilder,
  askedHost,
  dbInside,
  onAppnet,
  told,
  webInside,
} from "../../support/asked-host.ts";
import { rulesetOf } from "../../support/built-facts.ts";
import { emptyTable } from "../../support/docker-rules-text.ts";
import { aSocket } from "../../support/healthy-facts.ts";
import { sandboxPath, type WorldContainer } from "../../support/namespaces-of-a-host.ts";

const netns = sandboxPath("web");

/** web cannot be healthier, but for its nat rules and its sockets. */
function webWith(facts: Partial<SandboxFacts>, change: Partial<WorldContainer> = {}) {
  const own = { ...onAppnet("web", "172.20.0.2/16", { veth: "veth2", facts }), ...change };
  return askedHost(askedBuilder(), [own, dbInside]);
}

function rules(...texts: readonly string[]): Pick<SandboxFacts, "rulesets"> {
  const tables = [{ ...emptyTable("nat"), rules: texts }];
  return { rulesets: [rulesetOf({ family: "ipv4", backend: "nf_tables", tables })] };
}

const broken =
  "embedded-dns-broken: web cannot resolve db, nor any other name: questions to the embedded DNS 127.0.0.11 go nowhere, ";

describe("the embedded DNS", () => {
  test("is the cause where its rules were flushed, though the packet passes", () => {
    const answer = answered(webWith(rules()), "web db:5432");
    expect(told(answer)).toEqual([
      "broken",
      `${broken}the rules that lead to dockerd's socket are gone from its namespace`,
    ]);
    expect([answer.trace?.fate, answer.causes[0]?.evidence, answer.causes[0]?.remedy]).toEqual([
      "delivered",
      [
        {
          source: { kind: "command", argv: ["iptables-nft-save", "-c"] },
          text: "no rule for 127.0.0.11",
        },
        {
          source: { kind: "command", argv: ["ss", "-lntu"], netns },
          text: "tcp 127.0.0.11:34739  udp 127.0.0.11:52063",
        },
      ],
      {
        summary: "Docker makes the rules and sockets anew when the container starts",
        commands: ["docker restart web"],
        sideEffects: "restarts web",
        persistent: [
          "whatever flushes firewall rules in the container's namespace has to leave the table nat alone",
        ],
      },
    ]);
  });

  test("is so too where no ruleset is left at all", () => {
    const [cause] = answered(webWith({ rulesets: [] }), "web db:5432").causes;
    expect(cause?.evidence[0]).toEqual({
      source: { kind: "command", argv: ["iptables-save", "-t", "nat"], netns },
      text: "no rule for 127.0.0.11",
    });
  });

  test("is so where a name server of the container's own takes the questions", () => {
    const host = webWith(rules(), { sockets: [aSocket("udp", 53, undefined)] });
    expect(told(answered(host, "web db:5432"))).toEqual([
      "broken",
      `${broken}dockerd has no socket in its namespace`,
    ]);
  });

  test("is so where dockerd's sockets are gone", () => {
    const host = webWith({}, { sockets: [] });
    expect(told(answered(host, "web db:5432"))[1]).toBe(
      `${broken}dockerd has no socket in its namespace`,
    );
  });

  test("is so where the rules lead to a port of before", () => {
    const old =
      "-A OUTPUT -d 127.0.0.11/32 -p udp -m udp --dport 53 -j DNAT --to-destination 127.0.0.11:11111";
    const [cause] = answered(webWith(rules(old)), "web db:5432").causes;
    expect([`${cause?.kind}: ${cause?.message}`, cause?.evidence[0]?.text]).toEqual([
      `${broken}the rules lead to a port on which dockerd does not listen`,
      old,
    ]);
  });

  test("is so where a rule in the container drops the question", () => {
    const drop = {
      ...emptyTable("filter"),
      rules: ["-A OUTPUT -d 127.0.0.11/32 -p udp -j DROP"],
    };
    const tables = [drop];
    const rulesets = [rulesetOf({ family: "ipv4", backend: "nf_tables", tables })];
    const [cause] = answered(webWith({ rulesets }), "web db:5432").causes;
    expect(cause?.message).toContain(
      "go nowhere, ipv4 filter OUTPUT rule 1: -A OUTPUT -d 127.0.0.11/32 -p udp -j DROP",
    );
  });

  test("is not known where the container's rules were not read", () => {
    const host = webWith({ nativeNft: { state: "unreadable", reason: "nft is missing" } });
    expect(told(answered(host, "web db:5432"))).toEqual(["unsure"]);
    expect(answered(host, "web db:5432").unknown).toContainEqual({
      topic: "name",
      text: "whether questions come to the embedded DNS in web: nft is missing",
      isNeeded: true,
    });
  });

  test("is not known where its namespace was read in part", () => {
    const host = askedHost(askedBuilder(), [webInside, dbInside]);
    const reduced = new Map([[netns, "routes: only the table main"]]);
    expect(
      answered({ ...host, trace: { ...host.trace, reduced } }, "web db:5432").unknown,
    ).toContainEqual({
      topic: "name",
      text: "the rules and sockets of the embedded DNS in web: its namespace was not read in full",
      isNeeded: true,
    });
  });

  test("need not be the cause where /etc/hosts may have the name", () => {
    const own = onAppnet("web", "172.20.0.2/16", { veth: "veth2", facts: rules() });
    const host = askedBuilder().withContainerChange("web", { settings: { extraHosts: 1 } });
    expect(answered(askedHost(host, [own, dbInside]), "web db:5432").suspects).toHaveLength(1);
  });
});
