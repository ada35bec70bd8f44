import { sockets } from "../../src/collectors/sockets.ts";
import { fixtureText } from "../support/fixtures.ts";
import { describeOneQuestion } from "../support/one-question.ts";

describeOneQuestion({
  collector: sockets,
  query: { kind: "command", argv: ["ss", "-lntuHp"] },
  text: fixtureText("ss", "debian12-iproute6.1--swarm-manager"),
});
