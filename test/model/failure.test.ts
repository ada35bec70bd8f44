import { expect, test } from "vitest";
import {
  notFound,
  notPermitted,
  notRecorded,
  refused,
  timedOut,
  unparsable,
} from "../../src/model/failure.ts";

test("failures carry their kind and only what is known", () => {
  expect([
    notFound("a"),
    notPermitted("b"),
    notPermitted("c", "CAP_NET_ADMIN"),
    timedOut("d", 10),
    notRecorded("e"),
    unparsable("f"),
    unparsable("g", 3),
    refused("h"),
  ]).toStrictEqual([
    { kind: "not-found", message: "a" },
    { kind: "not-permitted", message: "b" },
    { kind: "not-permitted", message: "c", capability: "CAP_NET_ADMIN" },
    { kind: "timed-out", message: "d", timeoutMs: 10 },
    { kind: "not-recorded", message: "e" },
    { kind: "unparsable", message: "f" },
    { kind: "unparsable", message: "g", line: 3 },
    { kind: "refused", message: "h" },
  ]);
});
