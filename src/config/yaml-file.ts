import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";

/** Where in a document something stands: keys and places in lists, from the top. */
export type KeyPath = readonly PropertyKey[];

export type YamlOutcome =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** Line of a key, from 1; of the nearest key above it that there is where it is missing. */
      lineOf(path: KeyPath): number;
    }
  | { readonly ok: false; readonly line: number; readonly message: string };

/** The parser takes some 50 microseconds for each thing that is wrong. */
const mostCharacters = 65_536;

/** Reads YAML that means what it shows: without aliases, by which a few lines can stand for gigabytes. */
export function parseYaml(text: string): YamlOutcome {
  const lines = new LineCounter();
  if (text.length > mostCharacters) return { ok: false, line: 1, message: "it is too long" };
  const document = parsed(text, lines);
  if (document === undefined) return { ok: false, line: 1, message: "it is nested too deeply" };
  const [error] = document.errors;
  if (error !== undefined) {
    return { ok: false, line: lines.linePos(error.pos[0]).line, message: error.message };
  }
  let aliasAt: number | undefined;
  visit(document, {
    Alias(_, { range }) {
      aliasAt ??= range?.[0] ?? 0;
    },
  });
  if (aliasAt !== undefined) {
    const message = "it holds an alias, and docknet takes plain YAML without aliases";
    return { ok: false, line: lines.linePos(aliasAt).line, message };
  }
  return {
    ok: true,
    value: document.toJS(),
    lineOf: (path) => lines.linePos(offsetOf(document.contents, path)).line,
  };
}

/** The parser recurses, and a stack that is too deep for it ends in an exception. */
function parsed(text: string, lineCounter: LineCounter) {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false });
  } catch {
    return undefined;
  }
}

function offsetOf(top: Node | null, path: KeyPath): number {
  let node: unknown = top;
  let offset = top?.range?.[0] ?? 0;
  for (const part of path) {
    const next = childOf(node, part);
    if (next === undefined) return offset;
    offset = next.offset;
    node = next.node;
  }
  return offset;
}

function childOf(
  node: unknown,
  part: PropertyKey,
): { readonly node: unknown; readonly offset: number } | undefined {
  if (isSeq(node)) {
    const item = typeof part === "number" ? node.items[part] : undefined;
    const offset = startOf(item);
    return offset === undefined ? undefined : { node: item, offset };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
  const offset = startOf(pair?.key);
  return offset === undefined ? undefined : { node: pair?.value, offset };
}

function startOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined;
}
