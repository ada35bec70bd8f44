import { parser } from "@prometheus-io/lezer-promql";

interface SyntaxNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly parent: SyntaxNode | null;
  getChildren(name: string): readonly SyntaxNode[];
  getChild(name: string): SyntaxNode | null;
}

/** One metric that an expression asks for. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly string[];
  /** Functions around it, the innermost first. */
  readonly functions: readonly string[];
  /** What stands in its brackets. */
  readonly range?: string;
}

/** What an expression asks for. */
export interface Promql {
  /** Places that are no PromQL. */
  readonly errors: readonly string[];
  readonly selectors: readonly Selector[];
  /** Labels that it groups or joins by. */
  readonly groupings: readonly string[];
}

/** Reads an expression with Grafana's variables in it. */
export function readPromql(text: string): Promql {
  // Of the same length, so that places in one are places in the other.
  const plain = text.replaceAll(
    /\$__(rate_interval|range|interval)/g,
    (name) => `${"1".repeat(name.length - 1)}m`,
  );
  const errors: string[] = [];
  const selectors: Selector[] = [];
  const groupings: string[] = [];
  const textOf = ({ from, to }: { readonly from: number; readonly to: number }) =>
    text.slice(from, to);
  parser.parse(plain).iterate({
    enter({ type, node, from }) {
      if (type.isError) errors.push(`at ${from}: ${text.slice(from, from + 30)}`);
      if (node.name === "VectorSelector") selectors.push(selectorOf(node, textOf));
      if (node.name === "GroupingLabels") {
        groupings.push(...node.getChildren("LabelName").map(textOf));
      }
    },
  });
  return { errors, selectors, groupings };
}

function selectorOf(node: SyntaxNode, textOf: (node: SyntaxNode) => string): Selector {
  const name = node.getChild("Identifier");
  const inBraces = node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
  const matrix = node.parent?.name === "MatrixSelector" ? node.parent : null;
  const range =
    matrix?.getChild("DurationExpr") ?? matrix?.getChild("NumberDurationLiteralInDurationContext");
  return {
    metric: name === null ? "" : textOf(name),
    matchers: inBraces.map(textOf),
    functions: functionsAround(node, textOf),
    ...(range === null || range === undefined ? {} : { range: textOf(range) }),
  };
}

function functionsAround(
  node: SyntaxNode,
  textOf: (node: SyntaxNode) => string,
): readonly string[] {
  const around: string[] = [];
  for (let above = node.parent; above !== null; above = above.parent) {
    const name = above.name === "FunctionCall" ? above.getChild("FunctionIdentifier") : null;
    if (name !== null) around.push(textOf(name));
  }
  return around;
}
