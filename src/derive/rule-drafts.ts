import type { PublishedPort } from "../model/docker.ts";
import { familyOf } from "../model/ip.ts";
import type { Chain, IptablesRule, Match, Target } from "../model/netfilter.ts";
import { fullPrefix } from "./full-prefix.ts";

/** A rule as Docker would make it, before it has a place in a chain. */
export interface DraftRule {
  readonly matches: readonly Match[];
  readonly target: Target;
  readonly text: string;
}

export const accept: Target = { kind: "verdict", verdict: "ACCEPT" };
export const returns: Target = { kind: "verdict", verdict: "RETURN" };
export const established: Match = {
  kind: "ct-state",
  inverted: false,
  module: "conntrack",
  states: ["RELATED", "ESTABLISHED"],
};

type LinkMatch = Extract<Match, { readonly kind: "in-interface" | "out-interface" }>;

export function inLink(name: string): LinkMatch {
  return { kind: "in-interface", inverted: false, name };
}

export function outLink(name: string): LinkMatch {
  return { kind: "out-interface", inverted: false, name };
}

export function destination(address: string): Match {
  const [prefix = { family: familyOf(address), address, length: 32 }] = fullPrefix(address);
  return { kind: "destination", inverted: false, prefix };
}

export function bindingMatch({ hostBinding }: PublishedPort): readonly Match[] {
  const any = hostBinding.address === "0.0.0.0" || hostBinding.address === "::";
  return any ? [] : [destination(hostBinding.address)];
}

export function portMatches({ hostBinding }: PublishedPort, port: number): readonly Match[] {
  const { protocol } = hostBinding;
  return [
    { kind: "protocol", inverted: false, protocol },
    {
      kind: "destination-port",
      inverted: false,
      module: protocol,
      ports: { from: port, to: port },
    },
  ];
}

export function jump(chain: string): DraftRule {
  return draft([], { kind: "jump", chain });
}

export function draft(matches: readonly Match[], target: Target): DraftRule {
  return { matches, target, text: "(as Docker makes it)" };
}

export function chainOf(name: string, rules: readonly DraftRule[]): Chain {
  return { name, rules: rules.map((rule) => placed(rule, name)) };
}

export function placed(rule: DraftRule, chain: string): IptablesRule {
  return {
    chain,
    text: `-A ${chain} ${rule.text}`,
    line: 0,
    matches: rule.matches,
    target: rule.target,
  };
}
