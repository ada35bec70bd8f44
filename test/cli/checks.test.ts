import { describe, expect, test } from "vitest";
import { checks } from "../../src/checks/index.ts";
import { checkPage } from "../../src/cli/checks.ts";
import { main } from "../../src/cli/main.ts";
import { collectors } from "../../src/collectors/index.ts";
import { checkListTerminal } from "../../src/render/check-list.ts";
import { checkPageTerminal } from "../../src/render/check-page.ts";
import { aWorld } from "../support/a-world.ts";

const page = { columns: 80, colour: "off", detail: "all" } as const;

describe("docknet checks", () => {
  test("lists every check by area", async () => {
    const fake = aWorld();
    expect(await main(["node", "docknet", "checks"], fake.world)).toBe(0);
    expect(fake.stdout()).toBe(checkListTerminal(checks, page));
  });

  test("gives all metadata as JSON", async () => {
    const fake = aWorld();
    expect(await main(["node", "docknet", "checks", "--format", "json"], fake.world)).toBe(0);
    expect(JSON.parse(fake.stdout())).toEqual(JSON.parse(JSON.stringify(checks)));
  });
});

describe("docknet explain", () => {
  test.each(checks.map((check) => [check.id, check] as const))(
    "prints the page of %s",
    async (id, check) => {
      const fake = aWorld();
      expect(await main(["node", "docknet", "explain", id], fake.world)).toBe(0);
      expect(fake.stdout()).toBe(checkPageTerminal(checkPage(check, collectors), page));
    },
  );

  test("names each question behind the facts of a check", () => {
    const check = checks.find(({ id }) => id === "ip-forward-off");
    const looksAt = check === undefined ? [] : checkPage(check, collectors).looksAt;
    expect(looksAt.map(({ fact }) => fact).sort()).toEqual([...(check?.requires ?? [])].sort());
  });

  test("ends with 64 on an id that does not exist", async () => {
    const fake = aWorld();
    expect(await main(["node", "docknet", "explain", "ip-forward"], fake.world)).toBe(64);
    expect(fake.stderr().split("\n")[0]).toBe(
      'docknet: no check is called "ip-forward"; did you mean "ip-forward-off"?',
    );
  });
});
