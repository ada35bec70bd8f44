import { bridgePorts } from "../../src/collectors/bridge-ports.ts";
import { fixtureText } from "../support/fixtures.ts";
import { describeOneQuestion } from "../support/one-question.ts";

describeOneQuestion({
  collector: bridgePorts,
  query: { kind: "command", argv: ["bridge", "-j", "-d", "link"] },
  text: fixtureText("bridge-link", "debian12-iproute6.1--userland-proxy-false"),
});
