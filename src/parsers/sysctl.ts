import { unparsable } from "../model/failure.ts";
import type { Sysctls } from "../model/sysctl.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { linesOf, quoted } from "./support/lines.ts";

/**
 * `sysctl -e KEY …` or `sysctl -a`: `key = value` lines. Keys that the kernel does not have are left out by sysctl itself; a value of
 * several lines has its key before each.
 */
export function parseSysctl(text: string): Parsed<Sysctls> {
  const entries = new Map<string, string>();
  for (const line of linesOf(text)) {
    const match = /^(\S+) =(?: (.*))?$/.exec(line.text);
    const [, key, value = ""] = match ?? [];
    if (key === undefined) {
      return {
        ok: false,
        failure: unparsable(`found ${quoted(line.text)} where "key = value" stands`, line.number),
      };
    }
    const before = entries.get(key);
    entries.set(key, before === undefined ? value.trim() : `${before}\n${value.trim()}`);
  }
  // net.ipv4.ip_forward exists on every kernel with a network: no output is no answer.
  if (entries.size === 0) return { ok: false, failure: unparsable("the answer is empty") };
  return parsed(Object.fromEntries(entries));
}
