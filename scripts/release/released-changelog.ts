export interface Release {
  readonly version: string;
  /** Day of the release, YYYY-MM-DD. */
  readonly date: string;
}

/** The changelog with what is unreleased under the new version; an explanation where there is nothing to release. */
export function releasedChangelog(
  text: string,
  { version, date }: Release,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string } {
  const heading = /^## Unreleased\n/m.exec(text);
  if (heading === null) return { ok: false, reason: 'CHANGELOG.md: expected "## Unreleased"' };
  if (changelogSection(text, version) !== undefined) {
    return { ok: false, reason: `CHANGELOG.md: ${version} is there already` };
  }
  const news = changelogSection(text, "Unreleased") ?? "";
  if (!/^- /m.test(news)) {
    return { ok: false, reason: "CHANGELOG.md: nothing is listed under Unreleased" };
  }
  const released = `## Unreleased\n\n## ${version} - ${date}\n`;
  return { ok: true, text: text.replace(/^## Unreleased\n/m, released) };
}

/** What the changelog says of a version, without its heading: the notes of a release. */
export function changelogSection(text: string, version: string): string | undefined {
  const lines = text.split("\n");
  const start = lines.findIndex(
    (line) => line === `## ${version}` || line.startsWith(`## ${version} - `),
  );
  if (start === -1) return undefined;
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith("## "));
  const end = length === -1 ? lines.length : start + 1 + length;
  return lines
    .slice(start + 1, end)
    .join("\n")
    .trim();
}
