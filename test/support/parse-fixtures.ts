import { type ParseKind, parseKinds } from "../../src/cli/parse-kinds.ts";
import { type Fixture, fixturesOf } from "./fixtures.ts";

/** Folders of fixtures that are not called as the kind is, or not only. */
const folders: Readonly<Record<string, readonly string[]>> = {
  "ip-addr": ["ip-addr", "ip-addr-text"],
  "ip-link": ["ip-addr", "ip-addr-text"],
  "ip-route": ["ip-route", "ip-route-text"],
  "ip-rule": ["ip-rule", "ip-rule-text"],
  "ip-netns": ["ip-netns", "ip-netns-text"],
  "bridge-link": ["bridge-link", "bridge-link-text"],
  "nft-ruleset": ["nft-ruleset", "nft-ruleset-text"],
};

/** Each kind of `docknet parse` with its real outputs, in both forms. */
export const kindsWithFixtures: readonly (readonly [string, ParseKind, readonly Fixture[]])[] =
  parseKinds.map((kind) => [
    kind.kind,
    kind,
    (folders[kind.kind] ?? [kind.kind]).flatMap(fixturesOf),
  ]);
