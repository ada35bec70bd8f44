/** Who may import whom. The test beside it enforces this table; docs/architecture.md prints it. */
export interface ImportRule {
  /** A folder of src/. */
  readonly folder: string;
  /** Folders of src/, or single files of them where only those are open. */
  readonly mayImport: readonly string[];
  readonly packages: readonly string[];
  /** Built-in modules of Node; "all" where the folder is the edge to the outside world. */
  readonly builtins: readonly string[] | "all";
  readonly why: string;
}

export const importRules: readonly ImportRule[] = [
  {
    folder: "model",
    mayImport: [],
    packages: [],
    builtins: [],
    why: "the vocabulary: types and tiny pure functions",
  },
  {
    folder: "host",
    mayImport: ["model"],
    packages: ["execa", "systeminformation", "zod", "modern-tar"],
    builtins: "all",
    why: "the only way to the outside world; it knows no parser and no check",
  },
  {
    folder: "parsers",
    mayImport: ["model"],
    packages: ["zod"],
    builtins: [],
    why: "text to data, pure",
  },
  {
    folder: "collectors",
    mayImport: ["model", "parsers", "host/port.ts"],
    packages: [],
    builtins: [],
    why: "asks through the port's types, never a live host by name",
  },
  {
    folder: "derive",
    mayImport: ["model"],
    packages: [],
    builtins: [],
    why: "pure answers from facts",
  },
  {
    folder: "checks",
    mayImport: ["model", "derive"],
    packages: [],
    builtins: [],
    why: "a check meets facts: no host, no text, no clock",
  },
  {
    folder: "engine",
    mayImport: ["model", "host/port.ts", "collectors", "derive", "checks"],
    packages: [],
    builtins: [],
    why: "facts to a report; who reads the report is not its business",
  },
  {
    folder: "render",
    mayImport: ["model"],
    packages: [],
    builtins: ["node:util"],
    why: "a report is self-contained: words and colours need nothing else",
  },
  {
    folder: "metrics",
    mayImport: ["model"],
    packages: ["prom-client"],
    builtins: [],
    why: "a report to an exposition, without a command",
  },
  {
    folder: "config",
    mayImport: ["model"],
    packages: ["zod", "yaml"],
    builtins: ["node:fs", "node:fs/promises", "node:path"],
    why: "a file to a valid configuration",
  },
  {
    folder: "agent",
    mayImport: ["model", "engine", "metrics", "render", "config", "host/port.ts"],
    packages: ["node-cron", "bcryptjs"],
    builtins: [
      "node:crypto",
      "node:http",
      "node:https",
      "node:tls",
      "node:zlib",
      "node:net",
      "node:util",
      "node:perf_hooks",
      "node:timers/promises",
    ],
    why: "runs the engine again and again and serves the latest report; it is given its host",
  },
  {
    folder: "cli",
    mayImport: [
      "model",
      "host",
      "parsers",
      "collectors",
      "derive",
      "checks",
      "engine",
      "render",
      "metrics",
      "config",
      "agent",
    ],
    packages: ["commander"],
    builtins: "all",
    why: "the composition root: here a live or a replayed host is chosen",
  },
];

/** Packages and built-ins that exactly these files import, and no other in src/. */
export const loneImporters: Readonly<Record<string, RegExp>> = {
  execa: /^host\/live-command\.ts$/,
  "node:child_process": /^host\/live-command\.ts$/,
  systeminformation: /^host\/live-system\.ts$/,
  bcryptjs: /^agent\/web\/passwords\.ts$/,
  "node-cron": /^agent\/schedule\.ts$/,
  "modern-tar": /^host\/bundle/,
};

/** Words that reach the process, the clock or chance, and where alone they may stand in src/. */
export const ambientWords: readonly { readonly word: string; readonly pattern: RegExp }[] = [
  { word: "process", pattern: /(?<![.\w-])process(?:\.[a-zA-Z]|\[|\?\.)/ },
  { word: "console", pattern: /(?<![.\w-])console\.[a-z]/ },
  { word: "Date.now", pattern: /\bDate\.now\b/ },
  { word: "new Date()", pattern: /\bnew Date(?!\s*\(\s*[^)\s])/ },
  { word: "performance.now", pattern: /\bperformance\.now\b/ },
  { word: "Math.random", pattern: /\bMath\.random\b/ },
];
export const ambientAllowedIn = /^(?:cli\.ts|cli\/|agent\/|host\/live)/;

export const mostLinesPerFile = 300;
export const mostFilesPerFolder = 25;
export const forbiddenFolders: readonly string[] = ["utils", "util", "helpers", "common", "lib"];
