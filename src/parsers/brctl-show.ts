import type { BrctlBridge } from "../model/bridge.ts";
import type { IgnoredLine } from "../model/facts.ts";
import { unparsable } from "../model/failure.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { fieldsOf, type Line, linesOf, quoted } from "./support/lines.ts";

const bridgeId = /^[0-9a-f]{4}\.[0-9a-f]{12}$/i;

/** `brctl show`: a header, one line a bridge, its further ports on lines of their own; nothing at all without bridges. */
export function parseBrctlShow(text: string): Parsed<readonly BrctlBridge[]> {
  const [header, ...lines] = linesOf(text);
  if (header === undefined) return parsed([]);
  if (!header.text.startsWith("bridge name")) {
    const found = quoted(header.text);
    return { ok: false, failure: unparsable(`found ${found} where "bridge name" stands`, 1) };
  }
  const bridges: OpenBridge[] = [];
  const ignored: IgnoredLine[] = [];
  for (const line of lines) {
    const bridge = bridgeOf(line);
    const last = bridges.at(-1);
    const port = furtherPort(line);
    if (bridge !== undefined) bridges.push(bridge);
    else if (port !== undefined && last !== undefined) last.ports.push(port);
    else {
      ignored.push({ line: line.number, text: line.text, reason: "it is no bridge and no port" });
    }
  }
  return parsed(bridges, ignored);
}

/** A bridge whose ports go on over lines. */
interface OpenBridge extends BrctlBridge {
  readonly ports: string[];
}

function bridgeOf(line: Line): OpenBridge | undefined {
  const [bridge, id, stp, ...ports] = fieldsOf(line.text);
  if (bridge === undefined || id === undefined || !bridgeId.test(id)) return undefined;
  if (stp !== "yes" && stp !== "no") return undefined;
  return { bridge, bridgeId: id.toLowerCase(), stpEnabled: stp === "yes", ports };
}

/** A further port stands alone on its line, behind tabs. */
function furtherPort(line: Line): string | undefined {
  const [port, ...rest] = fieldsOf(line.text);
  return /^\s/.test(line.text) && rest.length === 0 ? port : undefined;
}
