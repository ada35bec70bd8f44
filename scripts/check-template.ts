/** Where a new check goes: folder of src/checks, and id (also its file's name). */
export interface CheckPlace {
  readonly area: string;
  readonly id: string;
}

const areas: readonly string[] = ["kernel", "netfilter", "link", "address", "docker", "overlay"];

/** `area/id`, or why it is none. */
export function parsePlace(text: string | undefined): CheckPlace | string {
  const [area, id, ...rest] = (text ?? "").split("/");
  if (area === undefined || id === undefined || rest.length > 0) {
    return `say area/id, such as netfilter/docker-user-blocks-all; areas: ${areas.join(", ")}`;
  }
  if (!areas.includes(area)) return `"${area}" is no area: ${areas.join(", ")}`;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(id)) {
    return `"${id}" names no failing state in kebab-case, such as bridge-down`;
  }
  return { area, id };
}

/** The exported name of a check: its id in camel case. */
export function exportName({ id }: CheckPlace): string {
  return id.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

export function checkText(place: CheckPlace): string {
  return `import { notApplicable } from "../../model/finding.ts";
import { defineCheck } from "../define-check.ts";

/** One sentence: what is lost on a host in this state. */
export const ${exportName(place)} = defineCheck({
  id: "${place.id}",
  area: "${place.area}",
  title: "the failing state as a statement",
  passTitle: "the healthy state as a statement",
  severity: "warning",
  why: "What this breaks, for whom, and how it comes about.",
  confirm: ["a command that shows it by hand"],
  remedy: {
    summary: "What to do",
    commands: ["a command, run as it stands by root"],
    persistent: ["how to keep it over a reboot"],
  },
  ignoreWhen: "when it is fine as it is",
  references: ["the kernel's or Docker's own page about it"],
  requires: ["dockerNetworks"],
  evaluate({ dockerNetworks }) {
    if (dockerNetworks.length === 0) return notApplicable("no Docker network");
    return {
      status: "unknown",
      because: [{ about: "${place.id}", reason: "nothing looks at it yet" }],
    };
  },
});
`;
}

export function checkTestText({ id }: CheckPlace): string {
  return `import { describe, test } from "vitest";

describe("${id}", () => {
  test.todo("names the subject, what it saw, and the line that shows it");
  test.todo("passes on a healthy host");
  test.todo("does not apply where there is nothing to judge");
});
`;
}

/** The registry with one check more, sorted by area and id. */
export function withCheck(registryText: string, place: CheckPlace): string {
  const imports = /^import \{ (\w+) \} from "\.\/([a-z]+)\/([a-z0-9-]+)\.ts";\n/gm;
  const registered = [...registryText.matchAll(imports)].map((match) => ({
    area: match[2] ?? "",
    id: match[3] ?? "",
  }));
  const key = ({ area, id }: CheckPlace): string => `${area}/${id}`;
  const places = [...registered.filter((each) => key(each) !== key(place)), place].sort((a, b) =>
    key(a).localeCompare(key(b), "en"),
  );
  const importLines = places.map((each) => {
    return `import { ${exportName(each)} } from "./${key(each)}.ts";\n`;
  });
  const names = places.map((each) => `  ${exportName(each)},\n`).join("");
  const [head = "", ...tail] = registryText
    .replaceAll(imports, "")
    .split(/(?<=^import .*\n)(?!import)/m);
  return `${head}${importLines.join("")}${tail.join("")}`.replace(
    /export const checks = \[[^\]]*\]/,
    `export const checks = [\n${names}]`,
  );
}
