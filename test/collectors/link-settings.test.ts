import { linkSettings } from "../../src/collectors/link-settings.ts";
import { fixtureText } from "../support/fixtures.ts";
import { describeOneQuestion } from "../support/one-question.ts";

describeOneQuestion({
  collector: linkSettings,
  query: { kind: "command", argv: ["ip", "-j", "netconf"] },
  text: fixtureText("ip-netconf", "debian12-iproute6.1--loose-reverse-path"),
});
