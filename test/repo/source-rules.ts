import { posix } from "node:path";
import {
  ambientAllowedIn,
  ambientWords,
  forbiddenFolders,
  type ImportRule,
  importRules,
  loneImporters,
  mostFilesPerFolder,
  mostLinesPerFile,
} from "./import-rules.ts";

/** A file below src/: its path from there, with `/`, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const fromClause = /^\s*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']/gm;
const bareImport = /^\s*import\s*["']([^"']+)["']/gm;
const dynamicImport = /\bimport\(\s*["']([^"']+)["']/g;

/** What a module imports, as written. */
export function importsOf(text: string): readonly string[] {
  return [fromClause, bareImport, dynamicImport].flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => match[1] ?? ""),
  );
}

export function importViolations(file: SourceFile): readonly string[] {
  const [folder = "", ...rest] = file.path.split("/");
  // src/cli.ts and src/index.ts are the two tables of contents above the folders.
  if (rest.length === 0) return [];
  const rule = importRules.find((each) => each.folder === folder);
  if (rule === undefined) return [`${file.path}: src/${folder}/ is in no import rule`];
  return importsOf(file.text)
    .filter((specifier) => !isAllowed(specifier, { file, rule }))
    .map((specifier) => `${file.path} imports "${specifier}": ${folder} is ${rule.why}`);
}

interface Importer {
  readonly file: SourceFile;
  readonly rule: ImportRule;
}

function isAllowed(specifier: string, { file, rule }: Importer): boolean {
  if (specifier.startsWith(".")) return isOpenTo(targetOf(specifier, file), rule);
  if (specifier.startsWith("node:")) {
    return rule.builtins === "all" || rule.builtins.includes(specifier);
  }
  return rule.packages.includes(packageOf(specifier));
}

function isOpenTo(target: string, rule: ImportRule): boolean {
  const folder = target.split("/")[0] ?? "";
  return (
    folder === rule.folder || rule.mayImport.some((open) => open === target || open === folder)
  );
}

function targetOf(specifier: string, file: SourceFile): string {
  return posix.normalize(posix.join(posix.dirname(file.path), specifier));
}

function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

export function loneImporterViolations(file: SourceFile): readonly string[] {
  return importsOf(file.text).flatMap((specifier) => {
    const only = loneImporters[packageOf(specifier)];
    if (only === undefined || only.test(file.path)) return [];
    return [`${file.path} imports "${specifier}", which only ${only.source} may`];
  });
}

export function ambientViolations(file: SourceFile): readonly string[] {
  if (ambientAllowedIn.test(file.path)) return [];
  const code = withoutCommentsAndStrings(file.text);
  return ambientWords
    .filter(({ pattern }) => pattern.test(code))
    .map(({ word }) => `${file.path} uses ${word}: time, chance and the process are arguments`);
}

/** Good enough for words: a `//` inside a string hides the rest of its line at worst. */
function withoutCommentsAndStrings(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""')
    .replaceAll(/\/\/.*$/gm, "");
}

export function sizeViolations(file: SourceFile): readonly string[] {
  const lines = file.text.trimEnd().split("\n").length;
  return lines <= mostLinesPerFile ? [] : [`${file.path} has ${lines} lines`];
}

export function folderViolations(paths: readonly string[]): readonly string[] {
  const folders = Map.groupBy(paths, (path) => posix.dirname(path));
  const crowded = [...folders]
    .filter(([, files]) => files.length > mostFilesPerFolder)
    .map(([folder, files]) => `${folder}/ has ${files.length} files`);
  const misnamed = [...folders.keys()]
    .filter((folder) => folder.split("/").some((part) => forbiddenFolders.includes(part)))
    .map((folder) => `${folder}/ has a name that says nothing`);
  return [...crowded, ...misnamed];
}

export interface Unit {
  /** The word that makes a file one, as in `defineCheck(`. */
  readonly definedBy: string;
  readonly file: SourceFile;
  /** Undefined while there is none: nothing is asked then. */
  readonly registry: SourceFile | undefined;
}

/** A check or collector stands in its registry, which imports it by path. */
export function registryViolations({ definedBy, file, registry }: Unit): readonly string[] {
  if (registry === undefined || !file.text.includes(definedBy)) return [];
  const registered = importsOf(registry.text).map((specifier) => targetOf(specifier, registry));
  return registered.includes(file.path) ? [] : [`${file.path} is not in ${registry.path}`];
}

/** The file of a check is named after its id, its folder after its area. */
export function checkNameViolations(file: SourceFile): readonly string[] {
  if (!file.text.includes("defineCheck(")) return [];
  const id = /\bid:\s*"([^"]+)"/.exec(file.text)?.[1];
  const area = /\barea:\s*"([^"]+)"/.exec(file.text)?.[1];
  const wanted = `checks/${area}/${id}.ts`;
  return wanted === file.path ? [] : [`${file.path} holds what belongs in ${wanted}`];
}

/** A test that replaces a module tests the replacement. */
export function mockViolations(file: SourceFile): readonly string[] {
  const mock = /\bvi\s*\.\s*(?:do)?[mM]ock\b/;
  return mock.test(file.text) ? [`${file.path} replaces a module`] : [];
}
