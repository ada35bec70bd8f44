import { expect, test } from "vitest";
import { links } from "../../src/collectors/links.ts";
import { collect } from "../support/collect.ts";
import { fixtureText } from "../support/fixtures.ts";
import { describeOneQuestion } from "../support/one-question.ts";

describeOneQuestion({
  collector: links,
  query: { kind: "command", argv: ["ip", "-j", "-d", "addr"] },
  text: fixtureText("ip-addr", "debian12-iproute6.1--fresh-engine"),
});

test("are unknown where not even lo is listed", async () => {
  expect(await collect(links, { "ip -j -d addr": "[]" })).toMatchObject({
    state: "unknown",
    failure: { kind: "unparsable", message: expect.stringContaining("lists no link") },
  });
});
