import type { ImportedAnswer } from "./imported-answer.ts";
import { asSaved } from "./imported-answer.ts";
import type { SavedHost } from "./saved-host.ts";

/** What docknet has a parser for; the text of `nft list ruleset` and of ipvsadm is for people. */
const readable: ReadonlySet<string> = new Set([
  "ip -j -d addr",
  "ip -j route show table all",
  "ip -j rule",
  "ip -j neigh",
  "bridge -j -d link",
  "bridge -j fdb",
  "iptables-save -c",
  "ss -lntuHp",
]);

/** Answers from within the namespaces of containers and overlay networks, those that could be entered. */
export function namespaceAnswers(host: SavedHost): readonly ImportedAnswer[] {
  return host.commands.flatMap(({ name, exitCode, line }) => {
    const [, netns, inside = ""] =
      /^nsenter --net=(\/run\/docker\/netns\/\S+) (.+)$/.exec(line) ?? [];
    const [program, ...args] = inside.split(" ");
    const isRead = exitCode === 0 && readable.has(inside);
    // `default` is the host's own namespace: it was asked all of this from outside.
    if (!isRead || netns === undefined || program === undefined || netns.endsWith("/default"))
      return [];
    return asSaved({ kind: "command", argv: [program, ...args], netns }, host.text(name));
  });
}
