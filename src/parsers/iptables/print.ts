import type {
  Chain,
  Counters,
  IptablesRule,
  NatRange,
  Table,
  Target,
} from "../../model/netfilter.ts";
import type { IptablesSave } from "../iptables-save.ts";
import { printExtension } from "./extension.ts";
import { moduleOf, printMatch } from "./print-match.ts";
import { hex, ports } from "./print-numbers.ts";

/** What `iptables-save -c` prints of these tables, without its comments on the program and the time. */
export function printIptablesSave({ tables }: IptablesSave): string {
  return tables.flatMap(printTable).concat("").join("\n");
}

/** One rule from its typed form, in the canonical text of iptables-save; its own `text` is not looked at. */
export function printRule(rule: IptablesRule): string {
  const { chain, matches, target } = rule;
  const conditions = matches.map((match, index) => {
    const text = printMatch(match, matches);
    const module = moduleOf(match, matches);
    const before = matches[index - 1];
    const same = before !== undefined && moduleOf(before, matches) === module;
    const named = module !== "" && (!same || match.again === true);
    return named ? [`-m ${module}`, text] : [text];
  });
  const pieces = ["-A", chain, ...conditions.flat(), ...printTarget(target)];
  return pieces.filter((piece) => piece !== "").join(" ");
}

function printTable({ name, chains, incompatible }: Table): readonly string[] {
  if (incompatible && chains.length === 0)
    return [`# Table \`${name}' is incompatible, use 'nft' tool.`];
  const rules = chains.flatMap((chain) => chain.rules);
  return [
    `*${name}`,
    ...chains.map(printChain),
    ...rules.map(
      (rule) => `${rule.counters ? `${printCounters(rule.counters)} ` : ""}${printRule(rule)}`,
    ),
    "COMMIT",
  ];
}

function printChain({ name, policy, counters }: Chain): string {
  return `:${name} ${policy ?? "-"}${counters ? ` ${printCounters(counters)}` : ""}`;
}

function printCounters({ packets, bytes }: Counters): string {
  return `[${packets}:${bytes}]`;
}

function printTarget(target: Target): readonly string[] {
  switch (target.kind) {
    case "none":
      return [];
    case "verdict":
      return ["-j", target.verdict];
    case "jump":
      return ["-j", target.chain];
    case "goto":
      return ["-g", target.chain];
    case "reject":
      return ["-j REJECT", ...(target.rejectWith ? [`--reject-with ${target.rejectWith}`] : [])];
    case "dnat":
      return ["-j DNAT --to-destination", natRange(target.range), ...target.options];
    case "snat":
      return ["-j SNAT --to-source", natRange(target.range), ...target.options];
    case "masquerade":
    case "redirect": {
      const to = target.ports ? [`--to-ports ${ports(target.ports, "-")}`] : [];
      return ["-j", target.kind.toUpperCase(), ...to, ...target.options];
    }
    case "set-mark":
      return ["-j MARK --set-xmark", `${hex(target.value)}/${hex(target.mask)}`];
    case "notrack":
      return [target.name === undefined ? "-j CT --notrack" : `-j ${target.name}`];
    case "continue":
    case "unrecognised": {
      const { extension, name, text } = target;
      return extension === undefined
        ? [text]
        : [`-j ${name}`, ...printExtension(extension, "target")];
    }
  }
}

function natRange({ from, to, ports: range }: NatRange): string {
  const addresses = from === to ? (from ?? "") : `${from}-${to}`;
  if (range === undefined) return addresses;
  return `${addresses.includes(":") ? `[${addresses}]` : addresses}:${ports(range, "-")}`;
}
