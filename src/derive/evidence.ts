import type { Evidence } from "../model/finding.ts";
import type { IptablesTable, Ruleset } from "../model/netfilter.ts";
import type { Element } from "../model/packet.ts";
import { elementOwner } from "./rule-owners.ts";

/** What the reader can find on his host for an element that decided. */
export function elementEvidence(element: Element, rulesets: readonly Ruleset[]): Evidence {
  const owner = elementOwner(element, rulesets);
  const evidence = unownedEvidence(element, rulesets);
  return owner === undefined ? evidence : { ...evidence, owner };
}

/** ` (a rule of ufw)`, behind the text of an element; empty where docknet cannot tell. */
export function ofOwner(element: Element, rulesets: readonly Ruleset[]): string {
  const owner = elementOwner(element, rulesets);
  return owner === undefined ? "" : ` (a rule of ${owner.name})`;
}

function unownedEvidence(element: Element, rulesets: readonly Ruleset[]): Evidence {
  switch (element.kind) {
    case "rule":
      return ruleEvidence(element, rulesets);
    case "policy":
      return policyEvidence(element, rulesets);
    case "sysctl":
      return sysctlEvidence(element.key, element.value);
    case "link":
      return {
        source: { kind: "command", argv: ["ip", "link", "show", element.ifname] },
        text: `${element.ifname} is ${element.problem}`,
      };
    case "no-address":
      return {
        source: { kind: "command", argv: ["ip", "addr", "show", element.ifname] },
        text: `${element.ifname} does not carry ${element.address}`,
      };
    case "mtu":
    case "martian":
      return {
        source: { kind: "command", argv: ["ip", "addr", "show", element.ifname] },
        text: elementText(element),
      };
    case "port":
      return {
        source: { kind: "command", argv: ["bridge", "-d", "link", "show", "dev", element.ifname] },
        text: elementText(element),
      };
    case "route":
    case "no-route":
      return {
        source: { kind: "command", argv: ["ip", "route", "show", "table", "all"] },
        text: elementText(element),
      };
    case "routing-rule":
      return { source: { kind: "command", argv: ["ip", "rule"] }, text: element.text };
    case "listener":
    case "no-listener":
      return { source: { kind: "command", argv: ["ss", "-lntup"] }, text: elementText(element) };
    case "nft-rule":
      return nftRuleEvidence(element);
    case "nft-chain":
      return {
        source: {
          kind: "command",
          argv: ["nft", "list", "chain", element.nftFamily, element.table, element.chain],
        },
        text: elementText(element),
      };
    case "not-translated":
      return {
        source: { kind: "command", argv: ["iptables", "-t", "nat", "-S"] },
        text: elementText(element),
      };
    case "not-modelled":
      return { source: { kind: "command", argv: ["docknet", "doctor"] }, text: element.text };
  }
}

/** One line that names an element. */
export function elementText(element: Element): string {
  switch (element.kind) {
    case "rule":
      return `${element.family} ${element.table} ${element.chain} rule ${element.ruleNumber}: ${element.text}`;
    case "policy":
      return `${element.family} ${element.table} ${element.chain} policy ${element.policy}`;
    case "sysctl":
      return `${element.key} = ${element.value}`;
    case "link":
      return `link ${element.ifname} is ${element.problem}`;
    case "no-address":
      return `link ${element.ifname} does not carry ${element.address}`;
    case "route":
    case "routing-rule":
    case "not-modelled":
      return element.text;
    case "martian":
      return `${element.what} ${element.address} must not be seen on ${element.ifname}`;
    case "mtu":
      return `${element.ifname} takes ${element.mtuBytes} bytes, the packet has ${element.sizeBytes}`;
    case "port":
      return `${element.on}: port ${element.ifname} ${element.problem}`;
    case "no-route":
      return `no route to ${element.destination}`;
    case "listener":
      return `${element.process ?? "a socket"} listens on ${element.port}/${element.protocol}`;
    case "no-listener":
      return `nothing listens on ${element.address} port ${element.port}/${element.protocol}`;
    case "nft-rule":
      return `nft ${element.nftFamily} ${element.table} ${element.chain} rule ${element.position}: ${element.text}`;
    case "nft-chain":
      return `nft ${element.nftFamily} ${element.table} ${element.chain}: ${element.detail}`;
    case "not-translated":
      return `no nat rule translates the ${element.what} ${element.address}`;
  }
}

export function sysctlEvidence(key: string, value: string): Evidence {
  return { source: { kind: "command", argv: ["sysctl", key] }, text: `${key} = ${value}` };
}

function nftRuleEvidence(element: Extract<Element, { readonly kind: "nft-rule" }>): Evidence {
  const { nftFamily, table, chain, text, counters, handle } = element;
  const counted = counters === undefined ? "" : `[${counters.packets}:${counters.bytes}] `;
  return {
    source: { kind: "command", argv: ["nft", "-a", "list", "chain", nftFamily, table, chain] },
    text: `${counted}${text}${handle === undefined ? "" : ` # handle ${handle}`}`,
  };
}

function ruleEvidence(
  element: Extract<Element, { readonly kind: "rule" }>,
  rulesets: readonly Ruleset[],
): Evidence {
  const { ruleset, chain } = place(element, rulesets);
  const rule = chain?.rules[element.ruleNumber - 1];
  const line = rule?.text === element.text && rule.line > 0 ? { line: rule.line } : {};
  const counters =
    element.counters === undefined
      ? ""
      : `[${element.counters.packets}:${element.counters.bytes}] `;
  return {
    source: ruleset?.source ?? { kind: "command", argv: ["iptables-save", "-c"] },
    ...line,
    text: `${counters}${element.text}`,
  };
}

function policyEvidence(
  element: Extract<Element, { readonly kind: "policy" }>,
  rulesets: readonly Ruleset[],
): Evidence {
  const { ruleset, chain } = place(element, rulesets);
  const { packets, bytes } = chain?.counters ?? { packets: 0, bytes: 0 };
  return {
    source: ruleset?.source ?? { kind: "command", argv: ["iptables-save", "-c"] },
    text: `:${element.chain} ${element.policy} [${packets}:${bytes}] (table ${element.table})`,
  };
}

function place(
  element: Extract<Element, { readonly kind: "rule" | "policy" }>,
  rulesets: readonly Ruleset[],
) {
  const ruleset = rulesets.find(
    ({ family, backend }) => family === element.family && backend === element.backend,
  );
  const name = element.table as IptablesTable;
  const table = ruleset?.tables.find((candidate) => candidate.name === name);
  return { ruleset, chain: table?.chains.find((candidate) => candidate.name === element.chain) };
}
