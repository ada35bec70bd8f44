const pattern = /^(\d+)\.(\d+)\.(\d+)$/;

/** The version of the next release; an explanation where the words make none. The current one may be named while it is not released. */
export function nextVersion(
  current: string,
  bump: string,
):
  | { readonly ok: true; readonly version: string }
  | { readonly ok: false; readonly reason: string } {
  const now = numbersOf(current);
  if (now === undefined) return { ok: false, reason: `"${current}" is no version` };
  const [major, minor, patch] = now;
  switch (bump) {
    case "major":
      return { ok: true, version: `${major + 1}.0.0` };
    case "minor":
      return { ok: true, version: `${major}.${minor + 1}.0` };
    case "patch":
      return { ok: true, version: `${major}.${minor}.${patch + 1}` };
  }
  const wanted = numbersOf(bump);
  if (wanted === undefined) {
    return { ok: false, reason: `"${bump}" is neither major, minor, patch nor a version` };
  }
  const difference = wanted.map((number, place) => number - (now[place] ?? 0)).find((d) => d !== 0);
  if (difference !== undefined && difference < 0) {
    return { ok: false, reason: `${bump} is older than ${current}` };
  }
  return { ok: true, version: bump };
}

function numbersOf(text: string): readonly [number, number, number] | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  return [Number(match[1]), Number(match[2]), Number(match[3])];
}
