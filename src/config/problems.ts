import type { ZodError } from "zod";
import { didYouMean, expectedKeys } from "./fields.ts";
import type { KeyPath } from "./yaml-file.ts";

/** One line per problem: where, what was expected, what stands there. `subject` names the place of a key. */
export function problemsOf(error: ZodError, subject: (path: KeyPath) => string): readonly string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [`${subject(issue.path)}: ${issue.message}`];
    return issue.keys.map((key) => {
      const meant = didYouMean(key, expectedKeys(issue.message));
      return `${subject([...issue.path, key])}: unknown key, ${issue.message}${meant}`;
    });
  });
}

/** `web.listenAddresses[0]`. */
export function pathText(path: KeyPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}

/** The place of a key in a file: `/etc/docknet/docknet.yml:3: web.listenAddresses[0]`. */
export function placeIn(
  file: string,
  lineOf: (path: KeyPath) => number,
): (path: KeyPath) => string {
  return (path) => {
    const line = `${file}:${lineOf(path)}`;
    return path.length === 0 ? line : `${line}: ${pathText(path)}`;
  };
}
