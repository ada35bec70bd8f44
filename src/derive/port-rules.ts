import type { Container, PublishedPort } from "../model/docker.ts";
import type { Facts } from "../model/facts.ts";
import { type Address, type Family, familyOf } from "../model/ip.ts";
import type { Chain, Ruleset, Table } from "../model/netfilter.ts";
import { runningContainers } from "./promises.ts";
import { publishTarget } from "./publish-target.ts";
import {
  accept,
  bindingMatch,
  type DraftRule,
  destination,
  draft,
  inLink,
  outLink,
  placed,
  portMatches,
} from "./rule-drafts.ts";

export type RulesFacts = Pick<
  Facts,
  "dockerDaemon" | "dockerNetworks" | "containers" | "daemonOptions" | "rulesets"
>;

/** A published port with the bridge and the address that Docker sends it to. */
export interface PlacedPort {
  readonly container: Container;
  readonly port: PublishedPort;
  readonly address: Address;
  readonly bridge: string;
}

/** Every published port of one family that Docker translates. */
export function portsOf(facts: RulesFacts, family: Family): readonly PlacedPort[] {
  return runningContainers(facts).flatMap((container) => {
    const target = publishTarget(facts, container, family);
    const address = target?.prefixes[0]?.address;
    const bridge = target?.bridges[0];
    if (address === undefined || bridge === undefined) return [];
    return container.publishedPorts
      .filter(({ hostBinding }) => familyOf(hostBinding.address) === family)
      .map((port) => ({ container, port, address, bridge }));
  });
}

/** The rule of the filter chain DOCKER that lets the port's packets in. */
export function acceptRule({ port, address, bridge }: PlacedPort): DraftRule {
  return draft(
    [destination(address), outLink(bridge), ...portMatches(port, port.containerPort)],
    accept,
  );
}

/** The rule of the nat chain DOCKER that sends the port's packets to the container. */
export function translationRule({ port, address, bridge }: PlacedPort): DraftRule {
  const ports = { from: port.containerPort, to: port.containerPort };
  return draft(
    [
      ...bindingMatch(port),
      { ...inLink(bridge), inverted: true },
      ...portMatches(port, port.hostBinding.hostPort),
    ],
    { kind: "dnat", range: { from: address, ports }, options: [] },
  );
}

/** The rulesets after dockerd has written the rules of one container's ports anew (`docker restart`), into chains that are there. */
export function withPortRules(ruleset: Ruleset, facts: RulesFacts, containerName: string): Ruleset {
  const ports = portsOf(facts, ruleset.family).filter(
    ({ container }) => container.name === containerName,
  );
  const added = ({ name }: Table): readonly DraftRule[] => {
    if (name === "filter") return ports.map(acceptRule);
    return name === "nat" ? ports.map(translationRule) : [];
  };
  const withRules = (chain: Chain, rules: readonly DraftRule[]): Chain =>
    chain.name === "DOCKER"
      ? { ...chain, rules: [...rules.map((rule) => placed(rule, "DOCKER")), ...chain.rules] }
      : chain;
  return {
    ...ruleset,
    tables: ruleset.tables.map((table) => ({
      ...table,
      chains: table.chains.map((chain) => withRules(chain, added(table))),
    })),
  };
}
