import type {
  NftCompound,
  NftExpression,
  NftMapData,
  NftPacketField,
} from "../../../model/nft-rule.ts";

/** An expression in the language of nft (nft(8)), as `nft list ruleset` prints it. */
export function expressionText(expression: NftExpression): string {
  if (typeof expression === "boolean") return expression ? "exists" : "missing";
  if (typeof expression !== "object") return String(expression);
  switch (expression.kind) {
    case "set-reference":
      return `@${expression.name}`;
    case "any":
      return "*";
    case "list":
      return expression.items.map(expressionText).join(",");
    case "unrecognised":
      return expression.text;
    default:
      return compoundText(expression);
  }
}

/** A constant beside the field that it is compared with or set to: names of links stand in quotes, marks are hexadecimal. */
export function constantText(expression: NftExpression, left: NftExpression): string {
  if (typeof expression === "object" && expression.kind === "set")
    return braced(expression.elements.map((element) => constantText(element, left)));
  if (typeof expression === "object" && expression.kind === "concat")
    return expression.items.map((item, at) => constantText(item, partOf(left, at))).join(" . ");
  if (typeof expression === "object" && expression.kind in operators)
    return expressionText(expression);
  if (isName(left) && typeof expression === "string") return quoted(expression);
  if (isMark(left) && typeof expression === "number") return markText(expression);
  return expressionText(expression);
}

function partOf(left: NftExpression, at: number): NftExpression {
  const items = typeof left === "object" && left.kind === "concat" ? left.items : [];
  return items[at] ?? left;
}

function isMark(left: NftExpression): boolean {
  if (typeof left !== "object") return false;
  if (left.kind === "meta" || left.kind === "ct") return left.key === "mark";
  return "operands" in left && left.operands.some(isMark);
}

function markText(mark: number): string {
  return `0x${mark.toString(16).padStart(8, "0")}`;
}

const nameKeys: ReadonlySet<string> = new Set([
  "iifname",
  "oifname",
  "iif",
  "oif",
  "ibrname",
  "obrname",
  "iifkind",
  "oifkind",
]);

function isName(left: NftExpression): boolean {
  if (typeof left !== "object") return false;
  if (left.kind === "fib") return left.result !== "type";
  return left.kind === "meta" && nameKeys.has(left.key);
}

export function quoted(text: string): string {
  return `"${text}"`;
}

function braced(items: readonly string[]): string {
  return `{ ${items.join(", ")} }`;
}

function compoundText(term: NftCompound): string {
  switch (term.kind) {
    case "accept":
    case "drop":
    case "continue":
    case "return":
      return term.kind;
    case "jump":
    case "goto":
      return `${term.kind} ${term.chain}`;
    case "concat":
      return term.items.map(expressionText).join(" . ");
    case "set":
      return braced(term.elements.map(expressionText));
    case "map":
      return `${expressionText(term.key)} map ${mapText(term.data, term.key)}`;
    case "prefix":
      return `${expressionText(term.address)}/${term.length}`;
    case "range":
      return `${expressionText(term.from)}-${expressionText(term.to)}`;
    case "and":
    case "or":
    case "xor":
    case "shift-left":
    case "shift-right":
      return term.operands
        .map((operand) => operandText(operand, term))
        .join(` ${operators[term.kind]} `);
    case "element":
      return elementText(term);
    default:
      return fieldText(term);
  }
}

const operators = { and: "&", or: "|", xor: "^", "shift-left": "<<", "shift-right": ">>" } as const;

function operandText(operand: NftExpression, whole: NftExpression): string {
  const text = constantText(operand, whole);
  const nested = typeof operand === "object" && operand.kind in operators;
  return nested ? `(${text})` : text;
}

function elementText(element: Extract<NftCompound, { readonly kind: "element" }>): string {
  const { value, timeoutSeconds, expiresSeconds, comment } = element;
  return [
    expressionText(value),
    timeoutSeconds === undefined ? "" : ` timeout ${timeoutSeconds}s`,
    expiresSeconds === undefined ? "" : ` expires ${expiresSeconds}s`,
    comment === undefined ? "" : ` comment ${quoted(comment)}`,
  ].join("");
}

/** What follows `map` and `vmap`. */
export function mapText(data: NftMapData, key: NftExpression): string {
  if (data.kind === "set-reference") return `@${data.name}`;
  return braced(
    data.pairs.map((pair) => `${constantText(pair.key, key)} : ${expressionText(pair.value)}`),
  );
}

const bareMeta: ReadonlySet<string> = new Set([
  ...nameKeys,
  "iiftype",
  "oiftype",
  "iifgroup",
  "oifgroup",
]);

function fieldText(field: NftPacketField): string {
  switch (field.kind) {
    case "payload":
      return [field.tunnel, field.protocol, field.field].filter((word) => word).join(" ");
    case "raw-payload":
      return `@${field.base},${field.offset},${field.length}`;
    case "meta":
      return bareMeta.has(field.key) ? field.key : `meta ${field.key}`;
    case "ct":
      return ["ct", field.direction, field.family, field.key].filter((word) => word).join(" ");
    case "rt":
      return ["rt", field.family, field.key].filter((word) => word).join(" ");
    case "fib":
      return `fib ${field.flags.join(" . ")} ${field.result}`;
    case "socket":
      return `socket ${field.key}`;
    case "osf":
      return `osf ${field.key}`;
    case "ipsec":
      return `ipsec ${field.direction} ${field.key}`;
    case "extension-header":
      return ["exthdr", field.name, field.field].filter((word) => word).join(" ");
    case "tcp-option":
      return ["tcp option", field.name, field.field].filter((word) => word).join(" ");
    case "raw-tcp-option":
      return `tcp option @${field.base},${field.offset},${field.length}`;
    case "ip-option":
      return ["ip option", field.name, field.field].filter((word) => word).join(" ");
    case "sctp-chunk":
      return ["sctp chunk", field.name, field.field].filter((word) => word).join(" ");
    case "dccp-option":
      return `dccp option ${field.optionType}`;
    case "numgen":
      return `numgen ${field.mode} mod ${field.modulus}${offsetText(field.offset)}`;
    case "jhash":
      return `jhash ${expressionText(field.expression)} mod ${field.modulus}${offsetText(field.offset)}`;
    case "symhash":
      return `symhash mod ${field.modulus}${offsetText(field.offset)}`;
  }
}

function offsetText(offset: number | undefined): string {
  return (offset ?? 0) === 0 ? "" : ` offset ${offset}`;
}
