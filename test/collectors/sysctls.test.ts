import { sysctls } from "../../src/collectors/sysctls.ts";
import { fixtureText } from "../support/fixtures.ts";
import { describeOneQuestion } from "../support/one-question.ts";

/** What the collector documents is what it asks. */
const keys = (sysctls.reads[0]?.what ?? "").split(" ").slice(2);

describeOneQuestion({
  collector: sysctls,
  query: { kind: "command", argv: ["sysctl", "-e", ...keys] },
  text: fixtureText("sysctl", "debian12-procps4.0--some-keys-missing"),
});
