/** A point in time as ISO 8601 in UTC, such as `2026-11-02T10:00:00.000Z`. */
export type Instant = string;

/**
 * One read-only question to the host. Its identity is its canonical JSON (`queryKey`), in logical form: how docknet enters a
 * network namespace is the live port's business, so that a bundle does not depend on it.
 */
export type HostQuery =
  | {
      readonly kind: "command";
      readonly argv: readonly [string, ...string[]];
      /** Path of a namespace file in which the command runs; absent = the host's own network namespace. */
      readonly netns?: string;
      /** What the command reads from its standard input; absent = nothing. */
      readonly stdin?: string;
    }
  | { readonly kind: "file"; readonly path: `/${string}`; readonly netns?: string }
  /** Names of the entries of a directory, one a line, sorted. */
  | { readonly kind: "directory"; readonly path: `/${string}` }
  /** GET over the Docker socket; there is no other verb. The path has no version prefix. */
  | { readonly kind: "docker"; readonly path: `/${string}` }
  /** systeminformation, as JSON text, so that a replay covers it. */
  | { readonly kind: "system"; readonly topic: "memory" };

/** Characters that JSON prints as they are. */
const plainWord = /^[\w@%+=:,./-]+$/;

/** Canonical JSON of a query: keys sorted, nothing absent spelled out. Equal questions have equal keys. */
export function queryKey(query: HostQuery): string {
  // Members in the order of their names; JSON leaves out those that are undefined.
  switch (query.kind) {
    case "command": {
      const { argv, kind, netns, stdin } = query;
      return JSON.stringify({ argv, kind, netns, stdin });
    }
    case "file": {
      const { kind, netns, path } = query;
      // An agent asks for a thousand files in a run: what needs no quoting is put together by hand.
      if (netns === undefined && plainWord.test(path)) return `{"kind":"file","path":"${path}"}`;
      return JSON.stringify({ kind, netns, path });
    }
    default: {
      const sorted = Object.entries(query)
        .filter(([, value]) => value !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1));
      return JSON.stringify(Object.fromEntries(sorted));
    }
  }
}

/** The query as a person would type it on the host. */
export function queryCommand(query: HostQuery): string {
  switch (query.kind) {
    case "command": {
      const input =
        query.stdin === undefined ? "" : `printf '${query.stdin.replaceAll("\n", "\\n")}' | `;
      const entry = query.netns === undefined ? "" : `nsenter --net=${shellWord(query.netns)} `;
      return `${input}${entry}${query.argv.map(shellWord).join(" ")}`;
    }
    case "file":
      return query.netns === undefined
        ? `cat ${shellWord(query.path)}`
        : `nsenter --net=${shellWord(query.netns)} cat ${shellWord(query.path)}`;
    case "directory":
      return `ls ${shellWord(query.path)}`;
    case "docker":
      return `curl --unix-socket /var/run/docker.sock http://localhost${shellWord(query.path)}`;
    case "system":
      return "free -b";
  }
}

/** Quotes a word for a POSIX shell; plain words stay as they are. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
