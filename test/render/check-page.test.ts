import { describe, expect, test } from "vitest";
import { checkListTerminal } from "../../src/render/check-list.ts";
import { checkPageMarkdown, checkPageTerminal } from "../../src/render/check-page.ts";
import { aCheckMeta } from "../support/a-report.ts";

const page = {
  check: aCheckMeta({
    remedy: { ...aCheckMeta().remedy, sideEffects: "every link forwards from then on" },
  }),
  looksAt: [
    { fact: "sysctls", title: "kernel settings by name", reads: [{ what: "sysctl -e KEY…" }] },
    {
      fact: "dockerNetworks",
      title: "networks of the daemon",
      reads: [{ what: "GET /networks" }, { what: "GET /networks/{id}", where: "it is listed" }],
    },
  ],
};
const to = { columns: 80, colour: "off", detail: "all" } as const;

describe("check page", () => {
  test("is a Markdown page with every section", async () => {
    await expect(checkPageMarkdown(page)).toMatchFileSnapshot("../golden/render/check-page.md");
  });

  test("says the same on a terminal", async () => {
    await expect(checkPageTerminal(page, to)).toMatchFileSnapshot(
      "../golden/render/check-page.txt",
    );
  });
});

describe("check list", () => {
  test("groups the checks by area", async () => {
    const checks = [
      aCheckMeta(),
      aCheckMeta({ id: "bridge-down", area: "link", title: "A bridge is down" }),
      aCheckMeta({ id: "if-forwarding-off", title: "A link does not forward", severity: "info" }),
    ];
    await expect(checkListTerminal(checks, to)).toMatchFileSnapshot(
      "../golden/render/check-list.txt",
    );
  });
});
