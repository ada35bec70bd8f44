import { describe, expect, test } from "vitest";
import { missedRules } from "../../../src/derive/dead-rules/missed-rules.ts";
import { aHost, type HostBuilder } from "../../support/a-host.ts";

function missedOn(host: HostBuilder): readonly string[] {
  return missedRules(host.facts().rulesets).rules.map(({ text, why, owner = "nobody known" }) =>
    [text, why, owner].join(" | "),
  );
}

function user(...rules: readonly string[]): HostBuilder {
  return rules.reduce(
    (host, rule) => host.withRule(`-A DOCKER-USER ${rule}`),
    aHost().withEmptyChain("DOCKER-USER"),
  );
}

describe("missed rules", () => {
  test("are none on a healthy host, and none that would have done the same or nothing", () => {
    expect([
      missedOn(aHost()),
      missedOn(user("-i eth0 -j DROP", "-i eth0 -p tcp -j DROP", "-i eth0 -j LOG")),
    ]).toEqual([[], []]);
  });

  test("are what somebody wrote, and not what the same rule takes from Docker", () => {
    expect(missedOn(user("-i eth0 -j ACCEPT", "-i eth0 -s 203.0.113.0/24 -j DROP"))).toEqual([
      "ipv4 filter DOCKER-USER rule 2: -A DOCKER-USER -i eth0 -s 203.0.113.0/24 -j DROP | decided-before | the administrator",
    ]);
  });

  test("are rules of ufw for what is forwarded, which Docker's own rules decide before", () => {
    const ufw = aHost()
      .withChain("ufw-user-forward")
      .withRule("-A FORWARD -j ufw-user-forward")
      .withRule("-A ufw-user-forward -i docker0 -o eth0 -p tcp -m tcp --dport 25 -j DROP");
    expect(missedOn(ufw)).toEqual([
      "ipv4 filter ufw-user-forward rule 1: -A ufw-user-forward -i docker0 -o eth0 -p tcp -m tcp --dport 25 -j DROP | decided-before | ufw",
    ]);
  });

  test("are those of a chain that nothing jumps to, but for its last RETURN", () => {
    const alone = user("-i eth0 -j DROP", "-j RETURN").withoutRule("-A FORWARD -j DOCKER-USER");
    expect(missedOn(alone)).toEqual([
      "ipv4 filter DOCKER-USER rule 1: -A DOCKER-USER -i eth0 -j DROP | no-jump | the administrator",
    ]);
  });

  test("name the chains that were not judged", () => {
    const many = Array.from({ length: 30 }, (_, at) => at).reduce(
      (host, at) => host.withRule(`-A FORWARD -i veth${at} -j mine`),
      aHost().withChain("mine"),
    );
    expect(missedRules(many.facts().rulesets).notes).toEqual([
      "ipv4 filter mine: too long, in a loop, or called from too many places: whether its rules can match was not judged",
    ]);
  });

  test("are twenty at most, and the others are counted", () => {
    const many = Array.from({ length: 25 }, (_, at) => `-s 203.0.113.${at}/32 -j ACCEPT`);
    const { rules, notes } = missedRules(user("-j DROP", ...many).facts().rulesets);
    expect([rules.length, notes.length]).toEqual([20, 1]);
  });
});
