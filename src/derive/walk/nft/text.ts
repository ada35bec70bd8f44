import type { NftRule } from "../../../model/nft.ts";
import type { NftExpression, NftNat, NftStatement } from "../../../model/nft-rule.ts";
import { constantText, expressionText, mapText, quoted } from "./expression-text.ts";

/**
 * A rule in the language of nft (nft(8)), as `nft -s list chain` prints it: without the numbers that its counters and quotas have
 * reached.
 */
export function ruleText({ statements, comment }: NftRule): string {
  const words = statements.map(statementText);
  return [...words, ...(comment === undefined ? [] : [`comment ${quoted(comment)}`])].join(" ");
}

function statementText(statement: NftStatement): string {
  switch (statement.kind) {
    case "accept":
    case "drop":
    case "continue":
    case "return":
    case "counter":
    case "notrack":
    case "last":
      return statement.kind;
    case "jump":
    case "goto":
      return `${statement.kind} ${statement.chain}`;
    case "match":
      return matchText(statement);
    case "vmap":
      return `${expressionText(statement.key)} vmap ${mapText(statement.data, statement.key)}`;
    case "named-counter":
    case "named-quota":
    case "named-limit":
    case "named-synproxy":
      return `${statement.kind.slice("named-".length)} name ${nameText(statement.name)}`;
    case "quota":
      return `quota ${overText(statement.over)}${statement.amount} ${statement.unit ?? "bytes"}`;
    case "limit":
      return limitText(statement);
    case "ct-count":
      return `ct count ${overText(statement.over)}${statement.connections}`;
    case "meter":
      return `meter ${statement.name} { ${expressionText(statement.key)} ${statementText(statement.statement)} }`;
    case "set":
    case "map":
      return updateText(statement);
    case "xt":
      return ["xt", statement.extension, statement.name].filter((word) => word).join(" ");
    case "snat":
    case "dnat":
    case "masquerade":
    case "redirect":
      return natText(statement.kind, statement);
    case "reject":
      return rejectText(statement);
    case "mangle":
      return `${expressionText(statement.key)} set ${constantText(statement.value, statement.key)}`;
    case "reset":
      return `reset ${expressionText(statement.option)}`;
    case "log":
      return logText(statement);
    default:
      return rareText(statement);
  }
}

type Of<K extends NftStatement["kind"]> = Extract<NftStatement, { readonly kind: K }>;

/** Equality has no sign, and what is flags has none either; a mask is written in words of its own where it is of flags. */
function matchText({ operator, left, right }: Of<"match">): string {
  const masked = operator === "==" && typeof left === "object" && left.kind === "and";
  const [field, mask] = masked ? left.operands : [];
  if (typeof mask === "object" && mask.kind === "list" && field !== undefined)
    return `${expressionText(field)} ${expressionText(right)} / ${expressionText(mask)}`;
  const sign = operator === "==" || operator === "in" ? "" : `${operator} `;
  return `${expressionText(left)} ${masked ? "== " : sign}${constantText(right, left)}`;
}

function overText(over: boolean | undefined): string {
  return over === true ? "over " : "";
}

function nameText(name: NftExpression): string {
  return typeof name === "string" ? quoted(name) : expressionText(name);
}

function limitText({ rate, rateUnit, per, burst, burstUnit, over }: Of<"limit">): string {
  const unit = rateUnit === undefined || rateUnit === "packets" ? "" : ` ${rateUnit}`;
  const usual = burst === undefined || burst === 0 || (burst === 5 && unit === "");
  const bursts = usual ? "" : ` burst ${burst} ${burstUnit ?? "packets"}`;
  return `limit rate ${overText(over)}${rate}${unit}/${per ?? "second"}${bursts}`;
}

function updateText(statement: Of<"set" | "map">): string {
  const { operation, element, statements = [] } = statement;
  const inner = [expressionText(element), ...statements.map(statementText)].join(" ");
  if (statement.kind === "set") return `${operation} ${statement.set} { ${inner} }`;
  return `${operation} ${statement.map} { ${inner} : ${expressionText(statement.value)} }`;
}

function natText(kind: string, { family, address, port, flags, typeFlags }: NftNat): string {
  const to = [
    address === undefined ? "" : addressPart(address, port),
    port === undefined ? "" : `:${expressionText(port)}`,
  ].join("");
  const prefix = typeFlags?.includes("prefix") === true ? " prefix" : "";
  const target = to === "" ? "" : `${family === undefined ? "" : ` ${family}`}${prefix} to ${to}`;
  const others = flags?.filter((flag) => flag !== "netmap") ?? [];
  return `${kind}${target}${others.length === 0 ? "" : ` ${others.join(",")}`}`;
}

function addressPart(address: NftExpression, port: NftExpression | undefined): string {
  const text = expressionText(address);
  const plain = typeof address === "string" && address.includes(":");
  return plain && port !== undefined ? `[${text}]` : text;
}

function rejectText({ rejectType, code }: Of<"reject">): string {
  if (rejectType === undefined || (code === "port-unreachable" && rejectType !== "icmpv6"))
    return "reject";
  return code === undefined
    ? `reject with ${rejectType}`
    : `reject with ${rejectType} ${expressionText(code)}`;
}

function logText({ prefix, group, snaplen, level, flags }: Of<"log">): string {
  return [
    "log",
    prefix === undefined ? "" : ` prefix ${quoted(prefix)}`,
    level === undefined ? "" : ` level ${level}`,
    group === undefined ? "" : ` group ${group}`,
    snaplen === undefined ? "" : ` snaplen ${snaplen}`,
    flags === undefined ? "" : ` flags ${flags.join(",")}`,
  ].join("");
}

type Rare = Of<
  | "queue"
  | "fwd"
  | "dup"
  | "flow"
  | "tproxy"
  | "synproxy"
  | "ct-helper"
  | "ct-timeout"
  | "ct-expectation"
  | "unrecognised"
>;

function rareText(statement: Rare): string {
  switch (statement.kind) {
    case "queue":
      return statement.number === undefined
        ? "queue"
        : `queue to ${expressionText(statement.number)}`;
    case "fwd":
    case "dup":
      return [
        `${statement.kind} to`,
        ...[statement.address, statement.device].map((each) =>
          each === undefined ? "" : expressionText(each),
        ),
      ]
        .filter((word) => word !== "")
        .join(" ");
    case "flow":
      return `flow ${statement.operation} ${statement.flowtable}`;
    case "tproxy":
      return natText("tproxy", statement);
    case "synproxy":
      return "synproxy";
    case "ct-helper":
    case "ct-timeout":
    case "ct-expectation":
      return `ct ${statement.kind.slice("ct-".length)} set ${nameText(statement.name)}`;
    case "unrecognised":
      return statement.text;
  }
}
