import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { programPath } from "../program-path.ts";
import { type SeenPacket, seenPacket } from "./frames.ts";
import { type TraceEvent, traceEvent } from "./trace-events.ts";

/** Two namespaces, a router and its neighbours, and a process that sends into the one and looks at both. */
export interface Prober {
  /** Process in the router's namespace. */
  readonly routerPid: number;
  /** Process in the neighbours' namespace. */
  readonly neighboursPid: number;
  /** Commands that have no answer. */
  tell(lines: readonly string[]): void;
  /** Sends frames and gives what was seen until nothing came any more. */
  send(frames: readonly OutgoingFrame[]): Promise<Seen>;
  end(): Promise<void>;
}

/** A frame on a link of the neighbours, or a packet that a socket of the router sends. */
export type OutgoingFrame =
  | { readonly link: string; readonly frame: Buffer }
  | { readonly source: string; readonly destination: string; readonly datagram: Buffer };

export interface Seen {
  readonly frames: readonly { readonly link: string; readonly packet: SeenPacket }[];
  /** Numbers of the packets that UDP sockets of the router received. */
  readonly received: readonly { readonly port: number; readonly id: number }[];
  readonly trace: readonly TraceEvent[];
  readonly problems: readonly string[];
}

export async function startProber(): Promise<Prober> {
  const script = join(import.meta.dirname, "prober.pl");
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", "perl", script], {
    env: { PATH: programPath(), LC_ALL: "C" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  const next = recordsOf(child, () => stderr);
  const [first] = await next("P");
  const [neighboursPid = 0, routerPid = 0] = (first?.data.toString() ?? "").split(" ").map(Number);
  return {
    routerPid,
    neighboursPid,
    tell: (lines) => child.stdin.write(lines.map((line) => `${line}\n`).join("")),
    async send(frames) {
      const lines = frames.map((one) =>
        "link" in one
          ? `send ${one.link} ${one.frame.toString("hex")}\n`
          : `own ${one.source} ${one.destination} ${one.datagram.toString("hex")}\n`,
      );
      child.stdin.write(`${lines.join("")}end\n`);
      return seenIn(await next("E"));
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}

interface ProbeRecord {
  readonly type: string;
  readonly data: Buffer;
}

/** Gives all records up to the first one of a type. */
function recordsOf(
  child: ChildProcess,
  said: () => string,
): (until: string) => Promise<readonly ProbeRecord[]> {
  let bytes = Buffer.alloc(0);
  let chunks: Buffer[] = [];
  let records: ProbeRecord[] = [];
  let waiting:
    | { readonly until: string; readonly resolve: (all: readonly ProbeRecord[]) => void }
    | undefined;
  let fail: ((error: Error) => void) | undefined;
  child.stdout?.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    bytes = Buffer.concat([bytes, ...chunks]);
    chunks = [];
    let at = 0;
    while (bytes.length >= at + 5) {
      const length = bytes.readUInt32BE(at + 1);
      if (bytes.length < at + 5 + length) break;
      const type = String.fromCharCode(bytes[at] ?? 0);
      records.push({ type, data: Buffer.from(bytes.subarray(at + 5, at + 5 + length)) });
      at += 5 + length;
      if (type !== waiting?.until) continue;
      const all = records;
      records = [];
      waiting.resolve(all);
    }
    bytes = bytes.subarray(at);
  });
  child.once("close", () => fail?.(new Error(`the prober ended: ${said()}`)));
  return (until) =>
    new Promise((resolve, reject) => {
      waiting = { until, resolve };
      fail = reject;
    });
}

function seenIn(records: readonly ProbeRecord[]): Seen {
  const of = (type: string) =>
    records.filter((record) => record.type === type).map(({ data }) => data);
  return {
    frames: of("F").flatMap((data) => {
      const link = data.subarray(0, 16).toString().replaceAll("\0", "");
      const frame = data.subarray(16);
      const six = frame[12] === 0x86;
      const packet = seenPacket(frame.subarray(14), frame.subarray(six ? 54 : 34));
      return packet === undefined ? [] : [{ link, packet }];
    }),
    received: of("U").map((data) => ({ port: data.readUInt16BE(0), id: data.readUInt32BE(2) })),
    trace: of("T").flatMap((data) => traceEvent(data)),
    problems: of("X").map(String),
  };
}
