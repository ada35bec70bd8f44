import { queryKey } from "../../model/query.ts";

/** Docker's list of containers: the first question of each look, and the last. */
export const containersPath = "/containers/json?all=1";

/** The inspection of one container, by its id. */
export const inspectPath = /^\/containers\/([0-9a-f]+)\/json$/;

/** Links and addresses of the host. */
export const linksKey = commandKey("ip", "-j", "-d", "addr");

/** The key of a command in the host's own namespace. */
export function commandKey(...argv: readonly [string, ...string[]]): string {
  return queryKey({ kind: "command", argv });
}
