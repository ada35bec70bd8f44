import { expect, test } from "vitest";
import { linksOf } from "../../../src/parsers/docker/links.ts";

test("links are read in each of the forms that Docker keeps", () => {
  expect(linksOf(["db", "db:database", "/db:/web/database", "", "db:"])).toStrictEqual([
    { container: "db", alias: "db" },
    { container: "db", alias: "database" },
    { container: "db", alias: "database" },
  ]);
});
