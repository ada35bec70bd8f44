import type { Extension, ExtensionOption } from "../../model/netfilter.ts";
import { matchOptions, type OptionForm, targetOptions } from "./known-options.ts";
import { type Option, optionsOf } from "./options.ts";

/** `-m NAME options`, word by word; undefined when the module or one of its options is not known. */
export function matchExtension(words: readonly string[]): Extension | undefined {
  return extension(words, matchOptions);
}

/** `-j NAME options`. */
export function targetExtension(words: readonly string[]): Extension | undefined {
  return extension(words, targetOptions);
}

type Known = ReadonlyMap<string, Readonly<Record<string, OptionForm>>>;

function extension(words: readonly string[], known: Known): Extension | undefined {
  const name = words[1] ?? "";
  const forms = known.get(name);
  const options = forms === undefined ? undefined : optionsOf(words, 2);
  if (forms === undefined || options === undefined) return undefined;
  const typed = options.flatMap((option) => typedOption(option, forms[option.name]));
  return typed.length === options.length ? { name, options: typed } : undefined;
}

function typedOption(option: Option, form: OptionForm | undefined): readonly ExtensionOption[] {
  const wanted = typeof form === "string" ? 1 : form;
  if (option.values.length !== wanted) return [];
  const { name, inverted, values } = option;
  return [{ name: name.slice(2), inverted, values }];
}

/** The options as iptables-save prints them. */
export function printExtension(
  { name, options }: Extension,
  kind: "match" | "target",
): readonly string[] {
  const forms = (kind === "match" ? matchOptions : targetOptions).get(name);
  return options.map((option) => printOption(option, forms?.[`--${option.name}`]));
}

function printOption(option: ExtensionOption, form: OptionForm | undefined): string {
  const { name, inverted, values } = option;
  const words = values.map((value) => printValue(value, form));
  return [...(inverted ? ["!"] : []), `--${name}`, ...words].join(" ");
}

function printValue(value: string, form: OptionForm | undefined): string {
  if (form === "text") return saved(value);
  return form === "quoted" ? `"${value.replaceAll(/["'\\]/g, "\\$&")}"` : value;
}

/** libxtables puts quotes around all but plain words (xtables_save_string). */
export function saved(word: string): string {
  return /^[-\w]+$/.test(word) ? word : `"${word.replaceAll(/["'\\]/g, "\\$&")}"`;
}
