import type { IgnoredLine } from "../model/facts.ts";
import { parseAddress } from "../model/ip.ts";
import type { DockerResolver, ExternalServer, ResolverConfig } from "../model/resolver.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { defined } from "./support/defined.ts";
import { fieldsOf, linesOf } from "./support/lines.ts";

/** A file while it is read; a later line may take the place of an earlier one. */
interface Draft {
  readonly nameservers: string[];
  readonly options: string[];
  search: readonly string[];
  sortList: readonly string[];
  docker: DockerResolver | undefined;
}

/** /etc/resolv.conf of a host or a container, as resolv.conf(5) and libresolv read it. An empty file has no nameserver. */
export function parseResolvConf(text: string): Parsed<ResolverConfig> {
  const draft: Draft = {
    nameservers: [],
    options: [],
    search: [],
    sortList: [],
    docker: undefined,
  };
  const ignored: IgnoredLine[] = [];
  for (const { number, text: line } of linesOf(text)) {
    const reason = /^[#;]/.test(line) ? readComment(draft, line) : readLine(draft, line);
    if (reason !== undefined) ignored.push({ line: number, text: line, reason });
  }
  return parsed(defined(draft), ignored);
}

/** Gives why the line is ignored. */
function readLine(draft: Draft, line: string): string | undefined {
  // libresolv wants the keyword at the very beginning of the line.
  if (/^\s/.test(line)) return "libresolv does not read a line that begins with a space";
  const [keyword = "", ...values] = fieldsOf(line);
  switch (keyword) {
    case "nameserver": {
      const [server = ""] = values;
      if (addressWithLink(server) === undefined) return "its nameserver is no address";
      draft.nameservers.push(server);
      return undefined;
    }
    case "domain":
      draft.search = values.slice(0, 1);
      return undefined;
    case "search":
      draft.search = values;
      return undefined;
    case "options":
      for (const option of values) draft.options.push(option);
      return undefined;
    case "sortlist":
      draft.sortList = values;
      return undefined;
    default:
      return "its keyword is not known";
  }
}

/** `fe80::1%eth0` or a plain address. */
function addressWithLink(text: string): string | undefined {
  return parseAddress(text.replace(/%.*$/, ""));
}

const noDocker: DockerResolver = { externalServers: [], overrides: [] };

/** Comments are for people, except for what Docker (libnetwork/internal/resolvconf) leaves in them. */
function readComment(draft: Draft, line: string): undefined {
  const docker = draft.docker ?? noDocker;
  const comment = line.slice(1).trim();
  const [, basedOn, mode] = /^Based on host file: '([^']*)'(?: \(([^)]*)\))?/.exec(comment) ?? [];
  if (basedOn !== undefined) draft.docker = defined({ ...docker, basedOn, resolverMode: mode });
  const servers = bracketed(comment, "ExtServers: ");
  if (servers !== undefined)
    draft.docker = { ...docker, externalServers: servers.flatMap(serverOf) };
  const overrides = bracketed(comment, "Overrides: ");
  if (overrides !== undefined) draft.docker = { ...docker, overrides };
}

/** The words in `[a b]` behind a label. */
function bracketed(comment: string, label: string): readonly string[] | undefined {
  if (!comment.startsWith(`${label}[`) || !comment.endsWith("]")) return undefined;
  return comment
    .slice(label.length + 1, -1)
    .split(" ")
    .filter((word) => word !== "");
}

/** `host(127.0.0.53)` is asked from the host's namespace, `8.8.8.8` from the container's. */
function serverOf(word: string): readonly ExternalServer[] {
  const [, inHost] = /^host\((.*)\)$/.exec(word) ?? [];
  const address = addressWithLink(inHost ?? word);
  return address === undefined ? [] : [{ address: inHost ?? word, fromHost: inHost !== undefined }];
}
