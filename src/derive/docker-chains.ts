import { isRoutedBridge } from "../model/docker.ts";
import type { Facts } from "../model/facts.ts";
import type { Family } from "../model/ip.ts";
import type { Chain, IptablesTable, Ruleset } from "../model/netfilter.ts";
import { managesRules } from "./promises.ts";

/** A chain of Docker, or a jump to one, that every healthy host of this engine line has. */
export interface Piece {
  readonly table: IptablesTable;
  /** In words. */
  readonly name: string;
  /** The line that iptables-save would print. */
  readonly line: string;
}

type ChainFacts = Pick<Facts, "dockerDaemon" | "daemonOptions" | "dockerNetworks" | "rulesets">;

/**
 * What is missing of Docker's chains and jumps in one family, in whichever backend. Layouts: faults catalogue part 4 (18.09 to 29);
 * 28.0.0 jumps to DOCKER from FORWARD as older engines do. Emptied FORWARD alone, with policy DROP, is another check's.
 */
export function missingPieces(facts: ChainFacts, family: Family): readonly Piece[] {
  const daemon = facts.dockerDaemon;
  if (daemon.state !== "running" || !managesRules(facts, family)) return [];
  const bridged = facts.dockerNetworks.filter(isRoutedBridge);
  if (family === "ipv6" && !bridged.some(({ ipv6Enabled }) => ipv6Enabled)) return [];
  const own = facts.rulesets.filter((ruleset) => ruleset.family === family);
  const modern = daemon.major >= 28;
  const nat = natPieces(own);
  const chains = filterChains(own, modern);
  const jumps = filterJumps(own, modern);
  const onlyJumps = nat.length === 0 && chains.length === 0;
  if (onlyJumps && jumps.length > 0 && forwardDrops(own)) return [];
  return [...nat, ...chains, ...jumps];
}

function natPieces(rulesets: readonly Ruleset[]): readonly Piece[] {
  const pieces: Piece[] = [];
  if (chainsNamed(rulesets, "nat", "DOCKER").length === 0)
    pieces.push({ table: "nat", name: "the nat chain DOCKER is gone", line: ":DOCKER - [0:0]" });
  if (!jumps(rulesets, "nat", { from: "PREROUTING", to: ["DOCKER"] }))
    pieces.push({
      table: "nat",
      name: "nat PREROUTING does not jump to DOCKER",
      line: "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
    });
  return pieces;
}

/** Chains that are there and never empty: 28 fills DOCKER-FORWARD, older engines end the isolation stages with RETURN. */
function filterChains(rulesets: readonly Ruleset[], modern: boolean): readonly Piece[] {
  const pieces: Piece[] = [];
  const docker = chainsNamed(rulesets, "filter", "DOCKER");
  if (docker.length === 0)
    pieces.push({
      table: "filter",
      name: "the filter chain DOCKER is gone",
      line: ":DOCKER - [0:0]",
    });
  const filled = modern
    ? ["DOCKER-FORWARD", "DOCKER-ISOLATION-STAGE-1"]
    : ["DOCKER-ISOLATION-STAGE-1", "DOCKER-ISOLATION"];
  const some = filled.flatMap((name) => chainsNamed(rulesets, "filter", name));
  if (!some.some(({ rules }) => rules.length > 0)) {
    const [name = ""] = filled;
    pieces.push({
      table: "filter",
      name: `the filter chain ${name} is gone or empty`,
      line: `:${name} - [0:0] and its rules`,
    });
  }
  return pieces;
}

function filterJumps(rulesets: readonly Ruleset[], modern: boolean): readonly Piece[] {
  const to = modern ? ["DOCKER-FORWARD", "DOCKER"] : ["DOCKER"];
  if (jumps(rulesets, "filter", { from: "FORWARD", to })) return [];
  const [name = ""] = to;
  return [
    {
      table: "filter",
      name: `FORWARD does not jump to ${name}`,
      line: modern ? "-A FORWARD -j DOCKER-FORWARD" : "-A FORWARD -o <bridge> -j DOCKER",
    },
  ];
}

function forwardDrops(rulesets: readonly Ruleset[]): boolean {
  return chainsNamed(rulesets, "filter", "FORWARD").some(({ policy }) => policy === "DROP");
}

function jumps(
  rulesets: readonly Ruleset[],
  table: IptablesTable,
  so: { readonly from: string; readonly to: readonly string[] },
): boolean {
  return chainsNamed(rulesets, table, so.from).some(({ rules }) =>
    rules.some(({ target }) => target.kind === "jump" && so.to.includes(target.chain)),
  );
}

function chainsNamed(
  rulesets: readonly Ruleset[],
  table: IptablesTable,
  chain: string,
): readonly Chain[] {
  return rulesets
    .flatMap(({ tables }) => tables.filter(({ name }) => name === table))
    .flatMap(({ chains }) => chains.filter(({ name }) => name === chain));
}
