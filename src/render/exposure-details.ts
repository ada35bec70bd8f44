import { isWider, mostOf } from "../model/exposure/exposure-level.ts";
import type {
  ExposedAddress,
  ExposedPort,
  ExposureClaim,
  ExposureLevel,
  ExposureSource,
  ExposureWay,
} from "../model/exposure/exposure-report.ts";
import type { Element } from "../model/packet.ts";
import { type Line, type Page, paragraph } from "./text.ts";

/** Why a port is reached by whom it is, in a few lines. */
export function portDetails(port: ExposedPort, page: Page): readonly Line[] {
  const own = port.addresses.filter(({ of }) => of !== "container");
  const direct = port.addresses.filter(({ of }) => of === "container");
  const sentences = [
    ...byAddress(own, wayLines),
    ...byAddress(own, (address) => address.claims.map((claim) => claimLine(claim, address))),
    ...direct.flatMap((address) => directLines(address, port)),
    ...(port.listens === false ? ["nothing listens on this port in the container"] : []),
  ];
  return sentences.flatMap((text) =>
    paragraph(text, { columns: page.columns, indent: 6, tone: "quiet" }),
  );
}

interface Said {
  readonly who: string;
  readonly text: string;
}

/** What holds for all addresses is said once, without them. */
function byAddress(
  addresses: readonly ExposedAddress[],
  linesOf: (address: ExposedAddress) => readonly Said[],
): readonly string[] {
  const lines = addresses.flatMap((one) =>
    linesOf(one).map((said) => ({ ...said, at: one.address })),
  );
  const alike = Map.groupBy(lines, ({ who, text }) => `${who}\n${text}`);
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const at =
      group.length === addresses.length ? "" : ` at ${group.map((one) => one.at).join(", ")}`;
    return [`${first.who}${at}: ${first.text}`];
  });
}

/** Ways that end alike are one line. */
function wayLines(address: ExposedAddress): readonly Said[] {
  const ways = address.ways
    .filter((one) => isWorthALine(one, address))
    .map((way) => ({ who: senderText(way.from, address), text: outcomeText(way) }));
  return [...Map.groupBy(ways, ({ text }) => text)].map(([text, group]) => ({
    who: group.map(({ who }) => who).join(", "),
    text,
  }));
}

/** That the host reaches what it publishes is no news, nor that nobody routes to its loopback. */
function isWorthALine(way: ExposureWay, { of, ways }: ExposedAddress): boolean {
  const { from, outcome } = way;
  if (from.kind === "host") return outcome !== "reached";
  if (of !== "host" && outcome === "blocked") return false;
  if (from.kind !== "named") return true;
  const others = ways.filter(({ from: { kind } }) => kind === "far" || kind === "neighbour");
  return others.length === 0 || others.some((other) => other.outcome !== outcome);
}

function senderText(from: ExposureSource, { of, address }: ExposedAddress): string {
  const who = sourceText(from);
  return of === "host" || from.kind === "host" ? who : `${who} with a route to ${address}`;
}

function sourceText({ kind, link = "", prefix = "" }: ExposureSource): string {
  switch (kind) {
    case "far":
      return `anyone by ${link}`;
    case "neighbour":
      return `LAN on ${link}`;
    case "named":
      return prefix;
    case "host":
      return "the host itself";
  }
}

function outcomeText(way: ExposureWay): string {
  const { outcome, text, owner } = way;
  const by = text === undefined ? "" : `: ${text}`;
  const whose = owner === undefined ? "" : ` (kept by ${owner})`;
  switch (outcome) {
    case "reached":
      return howText(way);
    case "unanswered":
      return `gets in, but the answers are stopped${by}${whose}`;
    case "blocked":
      return `stopped${by}${whose}`;
    case "unsure":
      return `unsure${by}`;
  }
}

function howText({ by, text = "", element }: ExposureWay): string {
  switch (by) {
    case "translation":
      return `by Docker's NAT${ruleText(element)}`;
    case "docker-proxy":
      return "through docker-proxy";
    case "socket":
      return `at its socket, ${text}`;
    default:
      return `by ${text}`;
  }
}

/** Where the rule stands; its text is in the JSON, and what `docknet trace` shows. */
function ruleText(element: Element | undefined): string {
  if (element?.kind === "rule")
    return ` (${element.family} ${element.table} ${element.chain} rule ${element.ruleNumber})`;
  if (element?.kind === "nft-rule")
    return ` (nft ${element.nftFamily} ${element.table} ${element.chain} rule ${element.position})`;
  return "";
}

const claims: Readonly<Record<ExposureLevel, string>> = {
  anyone: "lets in anyone",
  lan: "lets in the LAN only",
  named: "lets in only sources that it names",
  host: "lets in the host only",
  nobody: "lets in nobody",
};

/** What the manager says, and what comes of it. */
function claimLine(claim: ExposureClaim, address: ExposedAddress): Said {
  const { manager: who, text } = claim;
  const says = claim.perhaps === undefined ? claims[claim.level] : "cannot be judged in full";
  const line = `${says}${text === undefined ? "" : ` (${text})`}`;
  if (!isWider(address.level, mostOf(claim))) return { who, text: line };
  const passesBy = address.ways.some(
    ({ by, outcome }) => by === "translation" && outcome === "reached",
  );
  const but = passesBy
    ? "but these packets never come to INPUT: Docker's NAT sends them to the container before"
    : "and yet it is reached";
  return { who, text: `${line}, ${but}` };
}

/** A container's own address counts where it opens more than the host's do. */
function directLines(
  { address, port, ways }: ExposedAddress,
  { level }: ExposedPort,
): readonly string[] {
  const open = ways.filter(({ outcome }) => outcome === "reached" || outcome === "unanswered");
  if (open.length === 0 || level === "lan" || level === "anyone") return [];
  const who = open.map(({ from }) => sourceText(from)).join(", ");
  return [`${who} with a route to the container: reaches ${address} port ${port} directly`];
}
