import { parseSs } from "../parsers/ss.ts";
import { askFact } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";

/** Listening TCP and UDP sockets with their owners, as far as they may be seen. */
export const sockets = defineCollector({
  fact: "sockets",
  title: "Listening sockets",
  reads: [
    { what: "ss -lntuHp", needs: [], withoutIt: "which ports are listened on", loses: "fact" },
    {
      what: "ls /proc/PID/fd",
      needs: ["CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"],
      withoutIt: "which process listens",
      loses: "part",
    },
  ],
  needs: [],
  collect: (host, { now }) =>
    askFact(host, now, { query: { kind: "command", argv: ["ss", "-lntuHp"] }, parser: parseSs }),
});
