import { memory } from "../../src/collectors/memory.ts";
import { fixtureText } from "../support/fixtures.ts";
import { describeOneQuestion } from "../support/one-question.ts";

describeOneQuestion({
  collector: memory,
  query: { kind: "system", topic: "memory" },
  text: fixtureText("memory", "node24-systeminformation5.33--debian12"),
});
