import { fieldOf, type Json, operandOf, setOf, verdictOf } from "./terms.ts";
import { type Tokens, tokensOf } from "./tokens.ts";

/** A rule of nft's text in the words of its JSON. */
export interface RuleText {
  readonly expr: readonly Json[];
  readonly comment?: string;
  /** The piece that could not be read; then the whole rule is kept as one piece, for what stands before may mean less alone. */
  readonly unread?: string;
}

export function ruleOf(line: string): RuleText {
  const tokens = tokensOf(line.replace(/# handle \d+$/, ""));
  const expr: Json[] = [];
  while (tokens.peek() !== undefined) {
    if (tokens.take("comment")) return { expr, comment: tokens.next()?.text ?? "" };
    const start = tokens.position();
    const statement = statementOf(tokens);
    if (statement === undefined) {
      tokens.back(start);
      return { expr: [{ unread: line }], unread: tokens.rest() };
    }
    expr.push(statement);
  }
  return { expr };
}

type Reader = (tokens: Tokens) => Json | undefined;

function statementOf(tokens: Tokens): Json | undefined {
  const word = tokens.peek();
  const reader = word === undefined || word.quoted ? undefined : statements.get(word.text);
  if (reader === undefined) return verdictOf(tokens) ?? mangleOf(tokens) ?? matchOf(tokens);
  tokens.next();
  return reader(tokens);
}

const statements: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["counter", counterOf],
  ["masquerade", (tokens) => natOf("masquerade", tokens)],
  ["redirect", (tokens) => natOf("redirect", tokens)],
  ["snat", (tokens) => natOf("snat", tokens)],
  ["dnat", (tokens) => natOf("dnat", tokens)],
  ["reject", rejectOf],
  ["log", logOf],
  ["limit", limitOf],
  ["notrack", () => ({ notrack: null })],
  ["xt", xtOf],
]);

function counterOf(tokens: Tokens): Json | undefined {
  if (tokens.take("name")) return { counter: tokens.next()?.text ?? "" };
  if (!tokens.take("packets")) return { counter: null };
  const packets = numberOf(tokens);
  if (!tokens.take("bytes")) return undefined;
  const bytes = numberOf(tokens);
  return packets === undefined || bytes === undefined ? undefined : { counter: { packets, bytes } };
}

const natFlags: ReadonlySet<string> = new Set(["random", "fully-random", "persistent"]);

function natOf(kind: string, tokens: Tokens): Json | undefined {
  const family = tokens.take("ip") ? "ip" : tokens.take("ip6") ? "ip6" : undefined;
  const target = tokens.take("to") ? targetOf(tokens.next()?.text ?? "") : {};
  if (target === undefined) return undefined;
  const flags: string[] = [];
  while (natFlags.has(tokens.peek()?.text ?? "")) {
    flags.push(tokens.next()?.text ?? "");
    tokens.take(",");
  }
  const settings = {
    ...(family === undefined ? {} : { family }),
    ...target,
    ...(flags.length === 0 ? {} : { flags: flags.length === 1 ? (flags[0] ?? "") : flags }),
  };
  return { [kind]: Object.keys(settings).length === 0 ? null : settings };
}

/** `10.0.0.2`, `10.0.0.2:80`, `[fd00::2]:80`, `:80`. */
function targetOf(text: string): { readonly [key: string]: Json } | undefined {
  const [, six, four, port] = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+))?(?::(\d+))?$/i.exec(text) ?? [];
  const isBare = /^[0-9a-f:.]+$/i.test(text) && text.split(":").length > 2;
  const bare = isBare ? text : undefined;
  const addr = bare ?? six ?? four;
  if (addr === undefined && port === undefined) return undefined;
  return {
    ...(addr === undefined ? {} : { addr }),
    ...(port === undefined || bare !== undefined ? {} : { port: Number(port) }),
  };
}

function rejectOf(tokens: Tokens): Json | undefined {
  if (!tokens.take("with")) return { reject: null };
  const type = tokens.next()?.text ?? "";
  if (type === "tcp") return tokens.take("reset") ? { reject: { type: "tcp reset" } } : undefined;
  tokens.take("type");
  const expr = tokens.next()?.text;
  return expr === undefined ? undefined : { reject: { type, expr } };
}

function logOf(tokens: Tokens): Json | undefined {
  const settings: Record<string, Json> = {};
  for (;;) {
    if (tokens.take("prefix")) settings["prefix"] = tokens.next()?.text ?? "";
    else if (tokens.take("level")) settings["level"] = tokens.next()?.text ?? "";
    else if (tokens.take("group")) settings["group"] = numberOf(tokens) ?? 0;
    else break;
  }
  return { log: Object.keys(settings).length === 0 ? null : settings };
}

function limitOf(tokens: Tokens): Json | undefined {
  if (!tokens.take("rate")) return undefined;
  const inverted = tokens.take("over");
  const [, rate, per] =
    /^(\d+)\/(second|minute|hour|day|week)$/.exec(tokens.next()?.text ?? "") ?? [];
  if (rate === undefined || per === undefined) return undefined;
  const hasBurst = tokens.take("burst");
  const burst = hasBurst ? numberOf(tokens) : 5;
  if (burst === undefined || (hasBurst && !tokens.take("packets"))) return undefined;
  return { limit: { rate: Number(rate), burst, per, ...(inverted ? { inv: true } : {}) } };
}

/** Matches and targets of iptables that nft prints by their names. */
function xtOf(tokens: Tokens): Json | undefined {
  const type = tokens.next()?.text;
  const name = tokens.next()?.text;
  if ((type !== "match" && type !== "target") || name === undefined) return undefined;
  return { xt: { type, name } };
}

/** `meta mark set 0x1` */
function mangleOf(tokens: Tokens): Json | undefined {
  const start = tokens.position();
  // `ct helper set "ftp"` names an object, and changes no field.
  const isObject = ["helper", "timeout", "expectation"].includes(tokens.peek(1)?.text ?? "");
  const field = isObject ? undefined : fieldOf(tokens);
  if (field !== undefined && tokens.take("set")) {
    const value = operandOf(tokens);
    if (value !== undefined) return { mangle: { key: field.json, value } };
  }
  tokens.back(start);
  return undefined;
}

const operators: ReadonlySet<string> = new Set(["!=", "==", "<", ">", "<=", ">="]);

function matchOf(tokens: Tokens): Json | undefined {
  const field = fieldOf(tokens);
  if (field === undefined) return undefined;
  if (tokens.take("vmap")) return vmapOf(field.json, tokens);
  const operator = operators.has(tokens.peek()?.text ?? "") ? tokens.next()?.text : undefined;
  const isSet = tokens.peek()?.text === "{";
  const right = operandOf(tokens);
  if (right === undefined) return undefined;
  const op = operator ?? (field.isFlags && !isSet ? "in" : "==");
  return { match: { op, left: field.json, right: existence(right) } };
}

function vmapOf(key: Json, tokens: Tokens): Json | undefined {
  const data = tokens.take("{") ? setOf(tokens) : tokens.next()?.text;
  return data === undefined ? undefined : { vmap: { key, data } };
}

function existence(right: Json): Json {
  if (right === "exists") return true;
  return right === "missing" ? false : right;
}

function numberOf(tokens: Tokens): number | undefined {
  const text = tokens.next()?.text ?? "";
  return /^\d{1,20}$/.test(text) ? Number(text) : undefined;
}
