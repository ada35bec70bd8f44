import { expect, test } from "vitest";
import { notifySocketIn } from "../../src/host/service-notify.ts";

test.each([
  ["no manager", {}, undefined],
  ["an empty path", { NOTIFY_SOCKET: "" }, undefined],
  ["no watchdog", { NOTIFY_SOCKET: "/run/n" }, { path: "/run/n" }],
  [
    "a watchdog",
    { NOTIFY_SOCKET: "@n", WATCHDOG_USEC: "5000000" },
    { path: "@n", watchdogUs: 5_000_000 },
  ],
  [
    "a watchdog of this process",
    { NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "5", WATCHDOG_PID: "7" },
    { path: "/n", watchdogUs: 5 },
  ],
  [
    "a watchdog of another process",
    { NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "5", WATCHDOG_PID: "8" },
    { path: "/n" },
  ],
  ["no number", { NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "soon" }, { path: "/n" }],
])("reads %s from the environment", (_name, env, expected) => {
  expect(notifySocketIn(env, 7)).toEqual(expected);
});
