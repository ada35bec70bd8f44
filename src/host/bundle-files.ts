import type { Failure } from "../model/failure.ts";
import { notFound, notPermitted, refused, unparsable } from "../model/failure.ts";
import { errorCode, errorText } from "./live-answer.ts";

/** The files of a bundle by their path in it, such as `records/0001-ip-j-rule.out`. */
export type BundleFiles = ReadonlyMap<string, string>;

export type ReadFiles =
  | { readonly ok: true; readonly files: BundleFiles }
  | { readonly ok: false; readonly failure: Failure };

/** How much of a bundle is read: it may come from anybody. */
export interface BundleLimits {
  /** All files together, unpacked, in bytes. */
  readonly maxBytes: number;
  readonly maxEntries: number;
}

export const bundleLimits: BundleLimits = { maxBytes: 512 * 1024 * 1024, maxEntries: 20_000 };

export function tooLarge(where: string, limits: BundleLimits): Failure {
  const megabytes = Math.round(limits.maxBytes / 1024 / 1024);
  return refused(
    `bundle "${where}" holds more than ${megabytes} MB; a host's snapshot is smaller: take it again`,
  );
}

export function tooManyEntries(where: string, limits: BundleLimits): Failure {
  return refused(
    `bundle "${where}" holds more than ${limits.maxEntries} entries; a host's snapshot has fewer: take it again`,
  );
}

/** An entry that would leave the bundle, or is not a plain file: such a bundle is not read at all. */
export function strangeEntry(where: string, entry: string): Failure {
  return refused(
    `bundle "${where}" holds "${entry}", which docknet never writes; it is not read: do not trust where it came from`,
  );
}

/** What the system said when a bundle could not be read. */
export function bundleFailure(where: string, error: unknown): Failure {
  switch (errorCode(error)) {
    case "ENOENT":
    case "ENOTDIR":
      return notFound(`no bundle at "${where}"; check the path`);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return notPermitted(`"${where}" may not be opened by this user; check its owner and mode`);
    case "Z_BUF_ERROR":
      return unparsable(`bundle "${where}" is cut off; copy it again`);
    case "Z_DATA_ERROR":
      return unparsable(
        `"${where}" is not a bundle: not a gzip file, or a damaged one; copy it again`,
      );
    default:
      return unparsable(`bundle "${where}" cannot be used: ${errorText(error)}`);
  }
}

/** What the system said when a bundle could not be written. */
export function writeFailure(where: string, error: unknown): Failure {
  switch (errorCode(error)) {
    case "ENOENT":
    case "ENOTDIR":
      return notFound(`no directory to write "${where}" into; make it first`);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return notPermitted(`"${where}" may not be written by this user; name another place`);
    default:
      return {
        kind: "exit",
        message: `bundle "${where}" cannot be written: ${errorText(error)}`,
        stderr: "",
      };
  }
}
