import type { AnyCollector } from "../src/collectors/define-collector.ts";
import type { Access } from "../src/model/reading/access.ts";

/** docs/reading.md: every fact, what it is read from, what that needs and what is lost without it. */
export function readingPage(collectors: readonly AnyCollector[]): string {
  return `# What docknet reads, and what that needs

docknet runs as root or as a user with the capabilities of the third column; everything that it reads, it only reads. Where one is
missing the rest is still read, and the report says what is not known (\`coverage\`, and \`collectors\` with the reason of each).
A row applies to the fact that stands last above it. "The fact" in the last column: it is unknown without this, and checks that require
it say so; otherwise the fact is known without this part. A command that is not installed loses the same as a missing capability.

Containers need the capabilities although they run as root. \`group docker\` is as good as root: none of these capabilities opens
Docker's socket. Sets that make sense:

| set | for | what it does not see |
| --- | --- | --- |
| CAP_NET_ADMIN, CAP_NET_RAW, CAP_DAC_READ_SEARCH, group docker | an agent with few rights | the owners of sockets; what only shows inside a container's namespace |
| the same, CAP_SYS_PTRACE and CAP_SYS_ADMIN | everything | – |

| fact | what is read | needs | without it |
| --- | --- | --- | --- |
${collectors.flatMap(factRows).join("\n")}
`;
}

function factRows({ fact, title, reads }: AnyCollector): readonly string[] {
  return reads.map((access, index) => {
    const name = index === 0 ? `**${fact}**: ${title}` : "";
    const cells = [name, questionText(access), needsText(access), lossText(access)];
    return `| ${cells.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  });
}

function questionText({ what, where }: Access): string {
  return where === undefined ? `\`${what}\`` : `\`${what}\`, where ${where}`;
}

function needsText({ needs }: Access): string {
  return needs.length === 0 ? "–" : needs.join(", ");
}

function lossText({ withoutIt, loses }: Access): string {
  return loses === "fact" ? `the fact: ${withoutIt}` : withoutIt;
}
