import type { Match } from "../../model/netfilter.ts";
import { maskedAddress } from "./addresses.ts";
import { matchExtension } from "./extension.ts";
import { moduleMatches } from "./module-matches.ts";
import { protocolName } from "./protocols.ts";
import { wordsOf } from "./words.ts";

/** The conditions in one piece of a rule: a built-in option with its value, or `-m NAME` with all its options. */
export function matchesOf(piece: string): readonly Match[] {
  const quick = plainMatch(piece);
  if (quick !== undefined) return [quick];
  const words = wordsOf(piece);
  const known = words[0] === "-m" ? moduleMatches(words) : builtinMatch(words);
  return known ?? [unrecognised(piece, words)];
}

function unrecognised(text: string, words: readonly string[]): Match {
  const extension = words[0] === "-m" ? matchExtension(words) : undefined;
  return { kind: "unrecognised", text, ...(extension && { extension }) };
}

/** The usual `-d 192.0.2.1/32`: an option, one space, one word. */
function plainMatch(piece: string): Match | undefined {
  if (piece.indexOf(" ") !== 2 || piece.includes(" ", 3) || /["!\t]/.test(piece)) return undefined;
  return optionMatch({ option: piece.slice(0, 2), value: piece.slice(3), inverted: false });
}

function builtinMatch(words: readonly string[]): readonly Match[] | undefined {
  const before = words[0] === "!";
  const option = words[before ? 1 : 0];
  const rest = words.slice(before ? 2 : 1);
  if (option === "-f")
    return rest.length === 0 ? [{ kind: "fragment", inverted: before }] : undefined;
  const within = rest[0] === "!";
  const value = rest[within ? 1 : 0];
  if (value === undefined || rest.length > (within ? 2 : 1)) return undefined;
  const match = optionMatch({ option, value, inverted: before !== within });
  return match === undefined ? undefined : [match];
}

function optionMatch(given: {
  readonly option: string | undefined;
  readonly value: string;
  readonly inverted: boolean;
}): Match | undefined {
  const { option, value, inverted } = given;
  switch (option) {
    case "-s":
      return addressMatch("source", value, inverted);
    case "-d":
      return addressMatch("destination", value, inverted);
    case "-i":
      return { kind: "in-interface", inverted, name: value };
    case "-o":
      return { kind: "out-interface", inverted, name: value };
    case "-p":
      return { kind: "protocol", inverted, protocol: protocolName(value) };
    default:
      return undefined;
  }
}

function addressMatch(
  kind: "source" | "destination",
  text: string,
  inverted: boolean,
): Match | undefined {
  const parsed = maskedAddress(text);
  if (parsed === undefined) return undefined;
  if ("prefix" in parsed) return { kind, inverted, prefix: parsed.prefix };
  return { kind: `${kind}-mask`, inverted, address: parsed.address, mask: parsed.mask };
}
