/** A file that names docknet's own version, and how it does. */
export interface VersionedFile {
  readonly path: string;
  /** Finds each place; the version is its second group. */
  readonly places: RegExp;
}

/** Every file but the changelog that a release rewrites. */
export const versionedFiles: readonly VersionedFile[] = [
  { path: "package.json", places: /^( {2}"version": ")([\d.]+)(")/gm },
  {
    path: "package-lock.json",
    places: /^( {2}"version": "|(?<="name": "docknet",\n) {6}"version": ")([\d.]+)(")/gm,
  },
  { path: "src/cli/version.ts", places: /^(export const version = ")([\d.]+)(")/gm },
  { path: "docs/install.md", places: /(docknet[_-])(\d+\.\d+\.\d+)([_-])/g },
];

/** The text with the new version in each place; undefined where no place is found. */
export function withVersion(
  text: string,
  { places, version }: { readonly places: RegExp; readonly version: string },
): string | undefined {
  if (text.search(places) === -1) return undefined;
  return text.replaceAll(places, `$1${version}$3`);
}
