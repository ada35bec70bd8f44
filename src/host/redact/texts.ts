import { cmdlineFile, optionsFile } from "../strip-daemon-options.ts";
import type { Pseudonyms } from "./pseudonyms.ts";
import { isWellKnownLink, isWellKnownProgram } from "./well-known-names.ts";
import { anyWord, link, name, path, sysctlKey } from "./words.ts";

/** `brctl show`: every word but those of its header is a bridge, a bridge's id, or a port. */
export function redactBrctl(text: string, pseudonyms: Pseudonyms): string {
  return eachLine(text, (line) =>
    line.startsWith("bridge name")
      ? line
      : eachWord(line, (word) => (/^(?:yes|no)$/.test(word) ? word : link(word, pseudonyms))),
  );
}

/** `ss -lntuHp`: addresses with their link behind `%`, and the programs that listen. */
export function redactSs(text: string, pseudonyms: Pseudonyms): string {
  return eachLine(text, (line) => {
    const at = line.indexOf("users:(");
    const [sockets, users] = at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at)];
    const programs = users.replaceAll(/"([^"]*)"/g, (quoted, program: string) =>
      isWellKnownProgram(program) ? quoted : `"${pseudonyms.name(program)}"`,
    );
    return `${eachWord(sockets, (word) => socketWord(word, pseudonyms))}${programs}`;
  });
}

function socketWord(word: string, pseudonyms: Pseudonyms): string {
  const percent = word.lastIndexOf("%");
  const scoped = word.slice(0, Math.max(0, percent));
  const [, ifname, rest] = /^%([^\]:]+)(\]?:.*)$/.exec(word.slice(percent)) ?? [];
  if (percent > 0 && ifname !== undefined) {
    const bracket = scoped.startsWith("[") ? "[" : "";
    const address = scoped.slice(bracket.length);
    const mapped = pseudonyms.address(address) ?? anyWord(address, pseudonyms);
    return `${bracket}${mapped}%${link(ifname, pseudonyms)}${rest}`;
  }
  const plain = /^[a-z_]+$|^[A-Z][A-Z0-9-]*$|^(?:\[?::\]?|\*|[\d.]+):(?:\d+|\*)$|^\d+$/.test(word);
  return plain && !/^\d+\.\d+\.\d+\.\d+:/.test(word) ? word : anyWord(word, pseudonyms);
}

/** `sysctl -e KEY…`: `key = value`. */
export function redactSysctl(text: string, pseudonyms: Pseudonyms): string {
  return eachLine(text, (line) => {
    const [, key, sign, value] = /^(\S+)(\s*=\s*)(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) return settingOf(line, pseudonyms);
    return `${sysctlKey(key, pseudonyms)}${sign}${settingOf(value, pseudonyms)}`;
  });
}

/** A setting's value: numbers for the most part. */
export function settingOf(text: string, pseudonyms: Pseudonyms): string {
  return eachWord(text, (word) => anyWord(word, pseudonyms));
}

/** Names, one a line: of namespace files, or the one of the host. */
export function redactNames(text: string, pseudonyms: Pseudonyms): string {
  return eachLine(text, (line) =>
    eachWord(line, (word) => (word === "default" ? word : name(word, pseudonyms))),
  );
}

/** os-release(5): what says which system it is; a vendor may have put anything into the rest. */
export function redactOsRelease(text: string): string {
  const kept = /^(?:NAME|PRETTY_NAME|VERSION|VERSION_ID|VERSION_CODENAME|ID|ID_LIKE)=/;
  return text
    .split("\n")
    .filter((line) => line.trim() === "" || kept.test(line))
    .join("\n");
}

/** The command line of dockerd or docker-proxy: paths and names in it. Of another program not even the name stays. */
export function redactCommandLine(text: string, pseudonyms: Pseudonyms): string {
  const [program = "", ...words] = text.split("\0");
  if (!/(?:^|\/)(?:dockerd|docker-proxy)$/.test(program))
    return `${programPath(program, pseudonyms)}\0`;
  const redacted = words.map((word) => {
    const [, option, value] = /^(--?[a-z][a-z0-9-]*=?)(.*)$/.exec(word) ?? [];
    return option === undefined
      ? optionValue(word, pseudonyms)
      : `${option}${optionValue(value ?? "", pseudonyms)}`;
  });
  return [programPath(program, pseudonyms), ...redacted].join("\0");
}

function programPath(program: string, pseudonyms: Pseudonyms): string {
  const parts = program.split("/");
  const own = parts.at(-1) ?? "";
  const folder = path(parts.slice(0, -1).join("/"), pseudonyms);
  const shown = isWellKnownProgram(own) ? own : pseudonyms.name(own);
  return parts.length > 1 ? `${folder}/${shown}` : shown;
}

function optionValue(value: string, pseudonyms: Pseudonyms): string {
  if (optionsFile.test(value)) return optionsPath(value, pseudonyms);
  return value
    .split(",")
    .map((part) => {
      const [, key, rest] = /^(base|size)=(.*)$/.exec(part) ?? [];
      return key === undefined
        ? anyWord(part, pseudonyms)
        : `${key}=${anyWord(rest ?? "", pseudonyms)}`;
    })
    .join(",");
}

/** A path that docknet reads or lists: the namespace's, the link's or the container's name in it. */
export function redactQueryPath(file: string, pseudonyms: Pseudonyms): string {
  if (optionsFile.test(file)) return optionsPath(file, pseudonyms);
  if (cmdlineFile.test(file) || !/\/(?:netns|conf|neigh|containers)(?:\/|$)/.test(file))
    return file;
  const setting = /^(\/proc\/sys\/net\/ipv[46]\/(?:conf|neigh)\/)([^/]+)(\/.*)$/.exec(file);
  const [, before, ifname = "", after] = setting ?? [];
  if (before === undefined) return path(file, pseudonyms);
  const stays = isWellKnownLink(ifname) || ifname === "all" || ifname === "default";
  return stays ? file : `${before}${link(ifname, pseudonyms)}${after}`;
}

/** The command line names the file too, and its ending says what it is. */
function optionsPath(file: string, pseudonyms: Pseudonyms): string {
  const [, folder = "", own = ""] = /^(.*\/)([^/]+)\.json$/.exec(file) ?? [];
  const base = own === "daemon" ? own : pseudonyms.name(own);
  return `${path(folder, pseudonyms)}${base}.json`;
}

function eachLine(text: string, redact: (line: string) => string): string {
  return text.split("\n").map(redact).join("\n");
}

function eachWord(line: string, redact: (word: string) => string): string {
  return line.replaceAll(/\S+/g, redact);
}
