import type { CheckMeta } from "../model/finding.ts";
import { emptyLine, type Line, type Page, printed, span, wrap } from "./text.ts";

/** All checks by area, one a line: severity, id and the state that each finds. */
export function checkListTerminal(checks: readonly CheckMeta[], page: Page): string {
  const areas = [...new Set(checks.map(({ area }) => area))];
  const idWidth = Math.max(0, ...checks.map(({ id }) => id.length));
  const lines = areas.flatMap((area, index): readonly Line[] => [
    ...(index === 0 ? [] : [emptyLine]),
    [span("strong", area)],
    ...checks.filter((check) => check.area === area).flatMap((check) => row(check, idWidth, page)),
  ]);
  return printed(lines, page.colour);
}

function row(check: CheckMeta, idWidth: number, page: Page): readonly Line[] {
  const head = `  ${check.id.padEnd(idWidth)}  ${check.severity.padEnd("critical".length)}  `;
  const wrapped = wrap(check.title, Math.max(20, page.columns - head.length));
  return wrapped.map((text, index) => [
    span("plain", index === 0 ? head : " ".repeat(head.length)),
    span("plain", text),
  ]);
}
