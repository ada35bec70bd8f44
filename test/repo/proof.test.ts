import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { askedQueries } from "../../scripts/proof/asked-queries.ts";
import { rowOfQuery } from "../../scripts/proof/proof-page.ts";

test("docs/proof.md has an answer to each query of today, and to no other (node scripts/proof.ts)", () => {
  const page = readFileSync(new URL("../../docs/proof.md", import.meta.url), "utf8");
  const rows = page.split("\n").filter((line) => /^\| .* \| `/.test(line));
  const asked = askedQueries.map(rowOfQuery);
  expect(rows.map((row, at) => row.slice(0, asked[at]?.length))).toEqual(asked);
});
