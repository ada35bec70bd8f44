import { absent } from "../model/facts.ts";
import { parseBrctlShow } from "../parsers/brctl-show.ts";
import { ask, factFrom } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";

/** Bridges as `brctl` shows them to a person. Nothing depends on it: a host need not have the tool. */
export const brctlBridges = defineCollector({
  fact: "brctlBridges",
  title: "Bridges as brctl shows them",
  reads: [
    {
      what: "brctl show",
      needs: [],
      withoutIt: "nothing: everything else is read without brctl",
      loses: "fact",
    },
  ],
  needs: [],
  async collect(host, { now }) {
    const answer = await ask(host, { kind: "command", argv: ["brctl", "show"] }, parseBrctlShow);
    if (!answer.ok && answer.failure.kind === "not-found") return absent("brctl is not installed");
    return factFrom(answer, now);
  },
});
