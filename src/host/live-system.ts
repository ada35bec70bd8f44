import type { LiveAnswer } from "./live-answer.ts";
import { answered, errorText, failed } from "./live-answer.ts";

/** systeminformation's mem() as JSON. It reads /proc/meminfo; nothing else of that library is used. */
export async function readMemory(): Promise<LiveAnswer> {
  try {
    // Loaded when it is asked for: a doctor that never asks does not pay for it at its start.
    const memory = (await import("systeminformation/lib/memory.js")).default;
    return answered(JSON.stringify(await memory.mem()));
  } catch (error) {
    const message = `the memory of this host cannot be read: ${errorText(error)}`;
    return failed({ kind: "exit", message, stderr: "" });
  }
}
