import { fdb } from "../../../src/collectors/layer2/fdb.ts";
import { neighbours } from "../../../src/collectors/layer2/neighbours.ts";
import { fixtureText } from "../../support/fixtures.ts";
import { describeOneQuestion } from "../../support/one-question.ts";

describeOneQuestion({
  collector: neighbours,
  query: { kind: "command", argv: ["ip", "-j", "neigh"] },
  text: fixtureText("ip-neigh", "debian12-iproute6.1--every-state"),
});

describeOneQuestion({
  collector: fdb,
  query: { kind: "command", argv: ["bridge", "-j", "fdb"] },
  text: '[{"mac":"33:33:00:00:00:01","ifname":"eth0","flags":["self"],"state":"permanent"}]',
});
