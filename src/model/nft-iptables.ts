import type { NftChain, NftRule, NftRuleset, NftTable } from "./nft.ts";
import type { NftExpression, NftStatement } from "./nft-rule.ts";

/** A base chain and where it hangs. */
export interface BaseChainShape {
  /** nft family: ip, ip6, inet, bridge, netdev, arp. */
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly chainType: string;
  readonly hook: string;
  readonly priority: number;
}

/** True for what iptables-nft itself hangs on that hook. */
export function isIptablesBaseChain(chain: BaseChainShape): boolean {
  const { family, table, name, chainType, hook, priority } = chain;
  const shape = `${table} ${name} ${chainType} ${hook} ${priority}`;
  return (family === "ip" || family === "ip6") && OWNED.has(shape);
}

/** Table, chain, type, hook and priority of what iptables-nft makes; seen with 1.8.9, the same in both families. */
const OWNED: ReadonlySet<string> = new Set([
  "raw PREROUTING filter prerouting -300",
  "raw OUTPUT filter output -300",
  "mangle PREROUTING filter prerouting -150",
  "mangle INPUT filter input -150",
  "mangle FORWARD filter forward -150",
  "mangle OUTPUT route output -150",
  "mangle POSTROUTING filter postrouting -150",
  "nat PREROUTING nat prerouting -100",
  "nat INPUT nat input 100",
  "nat OUTPUT nat output -100",
  "nat POSTROUTING nat postrouting 100",
  "filter INPUT filter input 0",
  "filter FORWARD filter forward 0",
  "filter OUTPUT filter output 0",
  "security INPUT filter input 150",
  "security FORWARD filter forward 150",
  "security OUTPUT filter output 150",
]);

const IPTABLES_TABLES: ReadonlySet<string> = new Set([
  "raw",
  "mangle",
  "nat",
  "filter",
  "security",
]);

/** A chain of a table of iptables that holds what iptables cannot have made, and so prints wrongly or not at all. */
export interface IncompatibleChain {
  readonly family: "ip" | "ip6";
  readonly table: string;
  readonly chain: string;
  /** Positions of those rules in the chain, from 1; none when the chain hangs where iptables hangs nothing. */
  readonly rules: readonly number[];
}

/**
 * Chains in the tables of iptables-nft with rules that came from nft. What iptables-save prints of them cannot be trusted: 1.8.9 prints
 * `ip saddr @set accept` as `-j ACCEPT`, without a word.
 */
export function incompatibleChains({ tables }: NftRuleset): readonly IncompatibleChain[] {
  return tables.flatMap((table) =>
    table.chains.flatMap((chain) => incompatibleChain(table, chain)),
  );
}

function incompatibleChain(table: NftTable, chain: NftChain): readonly IncompatibleChain[] {
  const { family, name } = table;
  if ((family !== "ip" && family !== "ip6") || !IPTABLES_TABLES.has(name)) return [];
  const { base } = chain;
  const place = { family, table: name, chain: chain.name };
  const foreign =
    base !== undefined && !isIptablesBaseChain({ ...base, family, table: name, name: chain.name });
  const rules = chain.rules.flatMap((rule, index) => (isFromIptables(rule) ? [] : [index + 1]));
  return foreign || rules.length > 0 ? [{ ...place, rules }] : [];
}

function isFromIptables({ statements }: NftRule): boolean {
  return statements.every(isIptablesStatement);
}

/** Statements that iptables-nft makes itself: seen of 1.8.7, 1.8.9, 1.8.11 and 1.8.13. Whatever is in doubt is not one of them. */
function isIptablesStatement(statement: NftStatement): boolean {
  switch (statement.kind) {
    case "accept":
    case "drop":
    case "return":
    case "continue":
    case "jump":
    case "goto":
    case "xt":
    case "counter":
    case "limit":
    case "log":
      return true;
    case "match":
      return (
        isIptablesOperator(statement) &&
        isIptablesField(statement.left) &&
        isConstant(statement.right)
      );
    case "mangle":
      return isNftrace(statement.key);
    default:
      return false;
  }
}

/** `!` is how nft says that none of these TCP flags is set. */
const OPERATORS: ReadonlySet<string> = new Set(["==", "!=", "!"]);
/** `--sport :1023` and the like. */
const PORT_OPERATORS: ReadonlySet<string> = new Set(["<=", ">=", "<", ">"]);

function isIptablesOperator({
  operator,
  left,
}: Extract<NftStatement, { readonly kind: "match" }>): boolean {
  if (OPERATORS.has(operator)) return true;
  if (typeof left !== "object" || left.kind !== "payload") return false;
  // `! --tcp-flags ALL NONE`: any of them is set.
  if (operator === "in") return left.field === "flags";
  return PORT_OPERATORS.has(operator) && (left.field === "sport" || left.field === "dport");
}

function isNftrace(key: NftExpression): boolean {
  return typeof key === "object" && key.kind === "meta" && key.key === "nftrace";
}

const META_KEYS: ReadonlySet<string> = new Set(["iifname", "oifname", "l4proto", "mark"]);
const PAYLOAD_FIELDS: ReadonlySet<string> = new Set([
  "ip saddr",
  "ip daddr",
  "ip protocol",
  "ip frag-off",
  "ip6 saddr",
  "ip6 daddr",
  "ip6 nexthdr",
  "tcp sport",
  "tcp dport",
  "tcp flags",
  "udp sport",
  "udp dport",
]);

function isIptablesField(left: NftExpression): boolean {
  if (typeof left !== "object") return false;
  if (left.kind === "meta") return META_KEYS.has(left.key);
  if (left.kind === "payload") return PAYLOAD_FIELDS.has(`${left.protocol} ${left.field}`);
  const [masked, mask] = left.kind === "and" ? left.operands : [];
  return masked !== undefined && mask !== undefined && isIptablesField(masked) && isConstant(mask);
}

/** One value, a prefix or a range, or flags; no set, and nothing that is computed. */
function isConstant(value: NftExpression): boolean {
  if (typeof value !== "object") return true;
  switch (value.kind) {
    case "prefix":
      return isConstant(value.address);
    case "range":
      return isConstant(value.from) && isConstant(value.to);
    case "list":
      return value.items.every(isConstant);
    case "or":
      return value.operands.every(isConstant);
    default:
      return false;
  }
}
