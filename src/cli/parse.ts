import type { Family } from "../model/ip.ts";
import { nearest } from "../model/words/nearest.ts";
import { escapeText } from "../render/escape.ts";
import { jsonDocument } from "../render/json.ts";
import { complain } from "./complain.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { type ParseKind, parseAs, parseKinds } from "./parse-kinds.ts";
import type { World } from "./world.ts";

export interface ParseFlags {
  readonly list?: boolean;
  readonly strict?: boolean;
  readonly print?: boolean;
  readonly family?: Family;
}

/** What is parsed: a kind, and a file or (`-` or nothing) standard input. */
export interface ParseArguments {
  readonly kind?: string | undefined;
  readonly file?: string | undefined;
}

/**
 * Prints an output as typed JSON, `{kind, value, ignored}`, or with --print a ruleset as text again. 1 with --strict where lines
 * were ignored, 65 where the text is not what its kind says.
 */
export async function parse(
  { kind: name, file }: ParseArguments,
  flags: ParseFlags,
  world: World,
): Promise<ExitCode> {
  if (flags.list) return listKinds(world);
  const all: readonly ParseKind[] = parseKinds;
  const kind = all.find((each) => each.kind === name);
  if (kind === undefined) return complain(world, unknownKind(name), exitCodes.usage);
  if (flags.print && kind.print === undefined) {
    const printed = all.filter(({ print }) => print !== undefined).map((each) => each.kind);
    const message = `${kind.kind} cannot be printed back; --print is for ${printed.join(" and ")}`;
    return complain(world, message, exitCodes.usage);
  }
  const input = await world.readInput(file === "-" ? undefined : file);
  if (!input.ok) return complain(world, input.failure.message, exitCodes.unreadableBundle);
  const parsed = parseAs(kind, input.text, flags.family);
  if (!parsed.ok) {
    const where = file === undefined || file === "-" ? "standard input" : file;
    const message = `${where} is no ${kind.kind}: ${parsed.failure.message}`;
    const from = kind.from.map((source) => `\`${source}\``).join(" or ");
    return complain(world, `${message}\n${kind.kind} is what ${from} prints`, exitCodes.unparsable);
  }
  const { value, ignored } = parsed;
  const text = flags.print
    ? (kind.print?.(value) ?? "")
    : jsonDocument({ kind: kind.kind, value, ignored });
  await world.stdout.write(text);
  // In JSON they stand in the document itself.
  if (ignored.length > 0 && (flags.print || flags.strict)) {
    const lines = ignored.map(({ line, reason }) => `line ${line} is ignored: ${reason}`);
    await world.stderr.write(lines.map((line) => `docknet: ${escapeText(line)}\n`).join(""));
  }
  return flags.strict && ignored.length > 0 ? exitCodes.warning : exitCodes.ok;
}

async function listKinds(world: World): Promise<ExitCode> {
  const width = Math.max(...parseKinds.map(({ kind }) => kind.length));
  const rows = parseKinds.flatMap(({ kind, from }) =>
    from.map((source, index) => `${(index === 0 ? kind : "").padEnd(width)}  ${source}\n`),
  );
  await world.stdout.write(rows.join(""));
  return exitCodes.ok;
}

function unknownKind(name: string | undefined): string {
  const next = "`docknet parse --list` names them all";
  if (name === undefined) return `which kind of output is it? ${next}`;
  const meant = nearest(
    name,
    parseKinds.map(({ kind }) => kind),
  );
  const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
  return `no kind of output is called "${name}"${hint}\n${next}`;
}
