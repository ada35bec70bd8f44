import { missingPieces, type Piece } from "../../derive/docker-chains.ts";
import { firewallManaged } from "../../derive/managed.ts";
import { isRoutedBridge } from "../../model/docker.ts";
import { type Doubt, notApplicable, type Problem, pass } from "../../model/finding.ts";
import type { Family } from "../../model/ip.ts";
import type { Ruleset } from "../../model/netfilter.ts";
import { defineCheck } from "../define-check.ts";
import { restartDocker } from "../restart-docker.ts";

/** dockerd writes its chains at start and on firewalld's signal, not when somebody else flushes them. */
export const dockerChainsFlushed = defineCheck({
  id: "docker-chains-flushed",
  area: "netfilter",
  title: "Docker's firewall chains were flushed",
  passTitle: "Docker's firewall chains are in place",
  severity: "critical",
  why: 'A flush (`iptables -F`, `iptables-restore`, `nft flush ruleset`, a reload of the firewall service) takes Docker\'s chains or the jumps to them away. Running containers lose the outside and their published ports, and new ones with -p fail with "No chain/target/match by that name". dockerd notices nothing: it writes its rules only when it starts, and when firewalld says that it was reloaded.',
  confirm: [
    "iptables -t nat -S PREROUTING   # a jump to DOCKER",
    "iptables -S FORWARD   # jumps to DOCKER-USER and DOCKER-FORWARD (28 and later) or DOCKER",
    "journalctl -b -u firewalld -u nftables -u netfilter-persistent -u iptables",
  ],
  remedy: restartDocker("Let dockerd write its chains anew"),
  ignoreWhen: 'you carry containers\' packets by rules of your own (then set "iptables": false)',
  references: [
    "https://github.com/moby/moby/issues/12294",
    "https://docs.docker.com/engine/network/packet-filtering-firewalls/",
  ],
  requires: ["dockerDaemon", "daemonOptions", "dockerNetworks", "rulesets", "nativeNft"],
  widerThan: [
    "forward-policy-drop-no-docker-rules",
    "nat-masquerade-missing",
    "dnat-missing",
    "traffic-blocked",
  ],
  evaluate(facts) {
    const managed = firewallManaged(facts);
    if (managed.kind === "verdict") return managed.verdict;
    // For internal networks alone older engines write no jump.
    if (!facts.dockerNetworks.some(isRoutedBridge))
      return notApplicable("Docker has no bridge network that leads outside");
    const found = (["ipv4", "ipv6"] as const).map((family) => {
      const unprinted = facts.rulesets.flatMap((ruleset) => unprintedTables(ruleset, family));
      const missing = missingPieces(facts, family);
      return {
        problems: problemOf(
          family,
          missing.filter(({ table }) => !unprinted.includes(table)),
          facts.rulesets,
        ),
        doubts: missing.filter(({ table }) => unprinted.includes(table)).map(doubtAbout),
      };
    });
    const [first, ...rest] = found.flatMap(({ problems }) => problems);
    const doubts = found.flatMap((one) => one.doubts);
    if (first !== undefined) return { status: "fail", problems: [first, ...rest], doubts };
    const [doubt, ...others] = doubts;
    return doubt === undefined ? pass : { status: "unknown", because: [doubt, ...others] };
  },
  assume: () => [{ kind: "docker-rules-rebuilt" }],
});

/** Tables with native nftables rules in them, of which iptables prints nothing: what seems to be missing may be there. */
function unprintedTables({ family, tables }: Ruleset, wanted: Family): readonly string[] {
  if (family !== wanted) return [];
  return tables.filter(({ incompatible }) => incompatible === true).map(({ name }) => name);
}

function doubtAbout({ table, name }: Piece): Doubt {
  return {
    about: name,
    reason: `the table ${table} holds nftables rules that iptables cannot print`,
    nextStep: "nft list ruleset",
  };
}

function problemOf(
  family: Family,
  missing: readonly Piece[],
  rulesets: readonly Ruleset[],
): readonly Problem[] {
  if (missing.length === 0) return [];
  const own = rulesets.filter((ruleset) => ruleset.family === family);
  return [
    {
      subject: { kind: "chain", family, table: mainTable(missing), chain: "DOCKER" },
      message: `${missing.map(({ name }) => name).join("; ")}`,
      observed: `${missing.length} of Docker's pieces ${missing.length === 1 ? "is" : "are"} missing`,
      expected: "Docker's chains, and the jumps to them",
      evidence: missing.flatMap((piece) => pieceEvidence(piece, own)),
    },
  ];
}

function mainTable(missing: readonly Piece[]): string {
  return missing.some(({ table }) => table === "nat") ? "nat" : "filter";
}

function pieceEvidence(piece: Piece, rulesets: readonly Ruleset[]) {
  const [ruleset] = rulesets.filter(({ tables }) =>
    tables.some(({ name }) => name === piece.table),
  );
  const source = ruleset?.source ?? rulesets[0]?.source;
  return source === undefined
    ? []
    : [{ source, text: `missing: ${piece.line} (table ${piece.table})` }];
}
