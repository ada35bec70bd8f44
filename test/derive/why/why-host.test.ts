import { expect, test } from "vitest";
import {
  decidedBy,
  inNamespace,
  placeNamed,
  rulesetsAt,
  sandboxOf,
  socketsAt,
} from "../../../src/derive/why/why-host.ts";
import { askedBuilder, askedHost, dbInside } from "../../support/asked-host.ts";
import { aContainer } from "../../support/healthy-facts.ts";
import { sandboxPath } from "../../support/namespaces-of-a-host.ts";

const host = askedHost(askedBuilder());

test("what was not read of a namespace is empty", () => {
  expect([
    rulesetsAt(host, "nowhere"),
    socketsAt(host, "nowhere"),
    socketsAt(host, undefined),
    placeNamed(host, "container nobody"),
    sandboxOf(host, aContainer("nobody")),
  ]).toEqual([[], [], [], undefined, undefined]);
});

test("a namespace is found by its name, and by the container in it", () => {
  expect(placeNamed(host, "container db")).toBe(sandboxPath("db"));
  expect(sandboxOf(host, aContainer("db"))?.path).toBe(sandboxPath("db"));
  const renamed = aContainer("other", { sandboxPath: sandboxPath("db") });
  expect(sandboxOf(host, renamed)?.containers).toEqual(["db"]);
  expect(socketsAt(host, sandboxPath("db"))).toEqual(dbInside.sockets);
});

test("a question is put in the namespace that it is about", () => {
  expect([inNamespace("host", ["ss"]), inNamespace("/run/x", ["ss"])]).toEqual([
    { kind: "command", argv: ["ss"] },
    { kind: "command", argv: ["ss"], netns: "/run/x" },
  ]);
});

test("what decided is said in words, also where nothing did", () => {
  const element = { kind: "no-route", destination: "192.0.2.1" } as const;
  expect([decidedBy({ fate: "dropped", element }), decidedBy({ fate: "unsure" })]).toEqual([
    "no route to 192.0.2.1",
    "the packet is unsure",
  ]);
});
