import type { HostQuery } from "../query.ts";

/** Questions to the host's own namespace that one process of ip can answer, and how it is asked. */
export interface HostBatch {
  readonly argv: readonly [string, ...string[]];
  readonly stdin: string;
  /** In the order of the answers. */
  readonly questions: readonly HostQuery[];
}

/** A batch has one family for all of its lines. Only what answers with one line of JSON even where there is nothing to tell. */
export const hostBatches: readonly HostBatch[] = [
  {
    argv: ["ip", "-j", "-b", "-"],
    stdin: "route show table all\nrule\nneigh\nnetconf\n",
    questions: [
      { kind: "command", argv: ["ip", "-j", "route", "show", "table", "all"] },
      { kind: "command", argv: ["ip", "-j", "rule"] },
      { kind: "command", argv: ["ip", "-j", "neigh"] },
      { kind: "command", argv: ["ip", "-j", "netconf"] },
    ],
  },
  {
    argv: ["ip", "-j", "-6", "-b", "-"],
    stdin: "route show table all\nrule\n",
    questions: [
      { kind: "command", argv: ["ip", "-j", "-6", "route", "show", "table", "all"] },
      { kind: "command", argv: ["ip", "-j", "-6", "rule"] },
    ],
  },
];
