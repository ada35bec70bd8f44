import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type ParseKind, parseAs, parseKinds } from "../../src/cli/parse-kinds.ts";
import { kindsWithFixtures } from "../../test/support/parse-fixtures.ts";
import { rulesetText } from "../../test/support/ruleset-text.ts";
import type { Figure, Measurement } from "./measurement.ts";

const wanted = 100_000;
/** Of JSON: a hundred thousand inspected containers would be half a gigabyte. */
const mostCharacters = 16_000_000;

/** Every parser of `docknet parse` on an input of 100,000 lines, made of real outputs again and again. */
export const parseLines: Measurement = {
  id: "parsers",
  title: `each parser on ${wanted.toLocaleString("en")} lines, CPU time; for JSON, as many entries or 16 MB`,
  limitedBy: "reading JSON, splitting lines and building objects",
  where: "anywhere",
  async measure(): Promise<readonly Figure[]> {
    return parseKinds.flatMap((kind) => {
      const since = performance.now();
      const all = inputsOf(kind).flatMap((input) => figures(kind, input));
      process.stderr.write(`${kind.kind} ${Math.round(performance.now() - since)} ms\n`);
      return all;
    });
  },
};

interface Input {
  readonly form: "text" | "JSON";
  readonly text: string;
  readonly lines: number;
}

function figures(kind: ParseKind, { form, text, lines }: Input): readonly Figure[] {
  const name = `${kind.kind}, ${form}`;
  const key = `parsers.${kind.kind}.${form.toLowerCase()}`;
  const first = parseAs(kind, text);
  if (!first.ok) throw new Error(`${name}: ${first.failure.message}`);
  collect();
  const before = process.memoryUsage().heapUsed;
  let shortestMs = Number.POSITIVE_INFINITY;
  let held: unknown;
  for (let at = 0; at < 2; at += 1) {
    const before = process.cpuUsage();
    held = parseAs(kind, text);
    const { user, system } = process.cpuUsage(before);
    shortestMs = Math.min(shortestMs, (user + system) / 1_000);
  }
  collect();
  const heldMiB = (process.memoryUsage().heapUsed - before) / 1_048_576;
  if (held === undefined) throw new Error("the value has to be held until it was weighed");
  return [
    { key: `${key}.linesPerSecond`, title: name, value: (lines / shortestMs) * 1_000, unit: "1/s" },
    { key: `${key}.heldMiB`, title: `${name}: memory of the value`, value: heldMiB, unit: "MiB" },
  ];
}

/** Frees what nobody holds, so that what is left is the value. */
function collect(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

/** The longest real output of each form, repeated. */
function inputsOf(kind: ParseKind): readonly Input[] {
  if (kind.kind === "iptables-save")
    return [{ form: "text", text: rulesetText(wanted), lines: wanted }];
  const [, , fixtures = []] = kindsWithFixtures.find(([name]) => name === kind.kind) ?? [];
  const texts = fixtures.map(({ text }) => text).filter((text) => parseAs(kind, text).ok);
  const isJson = (text: string): boolean => /^\s*[[{]/.test(text);
  const long = [
    ...longTexts(texts.filter((text) => !isJson(text))),
    ...longJsons(texts.filter(isJson)),
  ];
  const readable = long.filter(({ text }) => parseAs(kind, text).ok);
  return (["text", "JSON"] as const).flatMap(
    (form) => readable.find((input) => input.form === form) ?? [],
  );
}

/** The output as a whole again and again, or what stands below its head. */
function longTexts(texts: readonly string[]): readonly Input[] {
  const text = longest(texts);
  if (text === undefined || text === "") return [];
  const end = text.indexOf("\n") + 1;
  return [
    ["", text],
    [text.slice(0, end), text.slice(end)],
  ].map(([head = "", rest = ""]): Input => {
    const lines = Math.max(rest.split("\n").length - 1, 1);
    const times = Math.ceil(wanted / lines);
    return { form: "text", text: head + rest.repeat(times), lines: lines * times };
  });
}

/** An array with as many entries; what is one object, as an array of it. A ruleset of nft holds its entries one level down. */
function longJsons(texts: readonly string[]): readonly Input[] {
  const text = longest(texts);
  if (text === undefined) return [];
  const json: unknown = JSON.parse(text);
  const isNft = typeof json === "object" && json !== null && "nftables" in json;
  const entries = isNft ? json.nftables : Array.isArray(json) ? json : [json];
  if (!Array.isArray(entries)) return [];
  const most = Math.ceil(mostCharacters / text.length);
  const times = Math.min(Math.ceil(wanted / Math.max(entries.length, 1)), most);
  const many = `[${Array.from({ length: times }, () => JSON.stringify(entries).slice(1, -1)).join(",")}]`;
  const long = isNft ? `{"nftables":${many}}` : many;
  return [{ form: "JSON", text: long, lines: times * entries.length }];
}

function longest(texts: readonly string[]): string | undefined {
  return [...texts].sort((a, b) => b.length - a.length)[0];
}
