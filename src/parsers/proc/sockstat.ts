import { unparsable } from "../../model/failure.ts";
import { type Parsed, type Parser, parsed } from "../parsed.ts";

/** How many TCP sockets of this network namespace are in use. Source: /proc/net/sockstat (`TCP`), /proc/net/sockstat6 (`TCP6`). */
export function sockstatParser(name: "TCP" | "TCP6"): Parser<number> {
  return parsers[name];
}

/** Always the same two: what a parser made of a text is remembered by the parser. */
const parsers: Readonly<Record<"TCP" | "TCP6", Parser<number>>> = {
  TCP: (text) => parseSockstat(text, "TCP"),
  TCP6: (text) => parseSockstat(text, "TCP6"),
};

function parseSockstat(text: string, name: "TCP" | "TCP6"): Parsed<number> {
  const [, count] = new RegExp(`^${name}: inuse (\\d{1,10})(?: |$)`, "m").exec(text) ?? [];
  return count === undefined
    ? { ok: false, failure: unparsable(`found no line ${name} with the sockets in use`) }
    : parsed(Number(count));
}
