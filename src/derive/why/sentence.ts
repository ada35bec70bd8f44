import type { Packet } from "../../model/packet.ts";
import { type EndpointName, parseEndpoint } from "../trace/endpoint.ts";

/** Who asks for whom, in names. */
export interface WhyAsked {
  readonly from: EndpointName;
  readonly to: EndpointName;
  /** Absent where nothing was said. */
  readonly protocol?: Packet["protocol"];
}

export type Understood =
  | { readonly ok: true; readonly value: WhyAsked }
  | { readonly ok: false; readonly message: string };

/** The forms of a question, for messages and help. */
export const whyForms: readonly string[] = [
  "web db:5432",
  "'web cannot reach db:5432'",
  '"web can\'t connect to db on port 5432"',
  "'web to db:53/udp', 'web -> db', 'from web to db:5432'",
  "'db:5432 is not reachable from web'",
];

/** Alternatives; a space stands for any white space. */
function oneOf(...words: readonly string[]): string {
  return `(?:${words.join("|").replaceAll(" ", "\\s+")})`;
}

const why = "(?:why\\s+)?";
const asking = `(?:${oneOf("is", "does", "do", "did", "can", "could", "will", "would")}(?:n't|'t|\\s*not)?\\s+)?`;
const noun = "(?:the\\s+)?(?:(?:container|service)\\s+)?";
const name = "(\\S+?)";
const cannot = oneOf(
  ...["can\\s?not", "can't", "cant", "can", "could not", "couldn't", "could"],
  ...["does not", "doesn't", "do not", "don't", "did not", "didn't", "will not", "won't"],
  ...["is not able to", "is unable to", "unable to", "fails? to", "failed to"],
  ...["no longer", "never", "not"],
);
const verb = oneOf(
  ...["reach(?:es)?", "connects?", "talks?", "speaks?", "gets?", "pings?", "access(?:es)?"],
  ...["sees?", "resolves?", "finds?", "calls?", "opens?", "quer(?:y|ies)", "contacts?"],
);
const preposition = `(?:\\s+${oneOf("through to", "to", "with", "on", "at", "from")})?`;
const trouble = [
  oneOf(
    ...["times? out", "timed out", "hangs?", "is refused", "gets? (?:a |an )?connection refused"],
    ...["gets? no (?:answer|connection|route to host)", "gets? (?:a |an )?(?:timeout|error)s?"],
  ),
  "(?:\\s+(?:when|while))?(?:\\s+(?:connecting|talking|going))?",
  `\\s+${oneOf("to", "from", "by", "with", "on", "at")}`,
].join("");
const port = "(?:(?:\\s+(?:on|at|via|by|over))?(?:\\s+(?:its|the|tcp|udp))?\\s+ports?\\s+(\\S+?))?";
const protocol = "(?:\\s+(?:over|by|via|with|using)\\s+(tcp|udp|icmp))?";
const tail = `${port}${protocol}(?:\\s+${oneOf("any\\s?more", "at all", "now")})?\\s*[.!?]*$`;
const passive = [
  oneOf("is not", "isn't", "is", "can\\s?not be", "can't be", "could not be"),
  "\\s+(?:un)?",
  oneOf("reachable", "reached", "accessible", "available", "visible"),
  `\\s+${oneOf("from", "by", "for")}`,
].join("");

/** Who asks for whom, in this order. */
const active: readonly RegExp[] = [
  `^${why}${asking}${noun}${name}\\s+(?:${cannot}\\s+)?${verb}${preposition}\\s+${noun}${name}${tail}`,
  `^${why}${asking}${noun}${name}\\s+${trouble}\\s+${noun}${name}${tail}`,
  `^${why}(?:from\\s+)?${noun}${name}\\s+to\\s+${noun}${name}${tail}`,
  `^${why}${name}\\s*(?:->|=>|-->|→|⇒)\\s*${name}${tail}`,
  `^${why}${name}\\s+${name}${tail}`,
].map((text) => new RegExp(text, "i"));

/** Whom somebody asks for, and who. */
const reversed = new RegExp(
  `^${why}${asking}${noun}${name}\\s+${passive}\\s+${noun}${name}${protocol}\\s*[.!?]*$`,
  "i",
);

/** Two endpoints, or a sentence of a person in one of the forms that docs/why.md lists. */
export function parseWhy(words: readonly string[]): Understood {
  const text = words
    .join(" ")
    .replaceAll(/["\u201c\u201d`]|'(?!t\b)/g, "")
    .replaceAll("’", "'")
    .trim();
  const [, b, a, overBack] = reversed.exec(text) ?? [];
  if (a !== undefined && b !== undefined) return endpoints({ a, b, by: overBack });
  for (const form of active) {
    const [, from, to, port, over] = form.exec(text) ?? [];
    if (from === undefined || to === undefined || isWord(from) || isWord(to)) continue;
    const isPing = port === undefined && /\bpings?\s/i.test(text) && !/:\d+/.test(to);
    return endpoints({ a: from, b: to, port, by: over ?? (isPing ? "icmp" : undefined) });
  }
  return refusal(`"${text}" is no question that docknet understands`);
}

/** Words that a form may take for a name although they are none. */
function isWord(text: string): boolean {
  return /^(?:why|can|can't|cant|cannot|not|does|doesn't|reach|connect|to|from|is|isn't|the|port|on)$/i.test(
    text,
  );
}

interface Parts {
  readonly a: string;
  readonly b: string;
  readonly port?: string | undefined;
  readonly by: string | undefined;
}

function endpoints({ a, b, port, by }: Parts): Understood {
  const from = parseEndpoint(a);
  if (!from.ok) return refusal(from.message);
  if (from.value.port !== undefined)
    return refusal(`"${a}": a port belongs to the one who is asked for`);
  const [, target = b, suffix] = /^(.*)\/(tcp|udp|icmp)$/i.exec(b) ?? [];
  const [, number = port, portSuffix] = /^(.*)\/(tcp|udp)$/i.exec(port ?? "") ?? [];
  const said = [suffix, portSuffix, by].flatMap((word) => word?.toLowerCase() ?? []);
  const protocol = protocols.find((each) => each === said[0]);
  if (said.some((each) => each !== said[0]))
    return refusal(`two protocols are named: ${said.join(" and ")}`);
  const to = parseEndpoint(number === undefined ? target : withPort(target, number));
  if (!to.ok) return refusal(to.message);
  return {
    ok: true,
    value: {
      from: from.value,
      to: to.value,
      ...(protocol === undefined ? {} : { protocol }),
    },
  };
}

const protocols = ["tcp", "udp", "icmp"] as const;

function withPort(target: string, port: string): string {
  const isBareIpv6 = target.includes(":") && !target.startsWith("[");
  return isBareIpv6 && !/^[^:]+:\d+$/.test(target) ? `[${target}]:${port}` : `${target}:${port}`;
}

function refusal(message: string): Understood {
  const forms = whyForms.map((form) => `  docknet why ${form}`).join("\n");
  return { ok: false, message: `${message}\nask like this:\n${forms}` };
}
