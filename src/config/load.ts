import { type Config, defaults, type ScheduleSetting } from "./defaults.ts";
import { didYouMean } from "./fields.ts";
import { type FileChoice, readConfigFile } from "./file.ts";
import { type ConfigKey, type ConfigKeyName, configKeys, fallbackOf } from "./keys.ts";
import { flagsLayer, type Layer, type TextsByKey, variablesLayer } from "./layer.ts";
import type { Settings } from "./schema.ts";

/** Where the configuration is looked for. Flags win over variables, variables over the file, the file over the defaults. */
export interface ConfigSources {
  readonly file: FileChoice;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Texts of the flags by key, such as `log.level`. */
  readonly flags: TextsByKey;
}

/** What the configuration may name, and how a cron expression is judged: known to others only. */
export interface ConfigVocabulary {
  readonly checkIds: readonly string[];
  readonly areas: readonly string[];
  /** First words of subjects in their string form, such as `link`. */
  readonly subjectKinds: readonly string[];
  isCronExpression(expression: string): boolean;
}

/** Where the value of each key came from, by key. */
export type ConfigOrigins = Readonly<Record<string, string>>;

/** Values by key, as a person would write them; undefined = not set. */
export type WrittenValues = Readonly<Record<string, unknown>>;

export type ConfigOutcome =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly origins: ConfigOrigins;
      readonly written: WrittenValues;
      /** Variables that look like docknet's and mean nothing to it. */
      readonly strangeVariables: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly [string, ...string[]] };

/** Reads every source and settles every value. All problems are told at once; each names its key and what was expected. */
export async function loadConfig(
  sources: ConfigSources,
  vocabulary: ConfigVocabulary,
): Promise<ConfigOutcome> {
  const outcomes = [
    flagsLayer(sources.flags),
    variablesLayer(sources.env),
    await readConfigFile(sources.file),
  ];
  const layers = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.layer] : []));
  const problems = [
    ...outcomes.flatMap((outcome) => (outcome.ok ? [] : outcome.problems)),
    ...layers.flatMap((layer) => strangers(layer, vocabulary)),
    ...dockerHostProblems(layers, sources.env),
  ];
  const [first, ...rest] = problems;
  if (first !== undefined) return { ok: false, problems: [first, ...rest] };
  return {
    ok: true,
    config: settle(layers, dockerHostOf(sources.env)),
    origins: originsOf(layers, sources.env),
    written: writtenOf(layers, sources.env),
    strangeVariables: strangeVariables(sources.env),
  };
}

function settle(layers: readonly Layer[], dockerHost: string | undefined): Config {
  const pick = <T>(read: (settings: Settings) => T | undefined, fallback: T): T =>
    layers.map((layer) => read(layer.settings)).find((value) => value !== undefined) ?? fallback;
  const configFile = pick((s) => s.web?.configFile, defaults.web.configFile);
  return {
    web: {
      listenAddresses: pick((s) => s.web?.listenAddresses, defaults.web.listenAddresses),
      telemetryPath: pick((s) => s.web?.telemetryPath, defaults.web.telemetryPath),
      ...(configFile === undefined ? {} : { configFile }),
    },
    schedule: pick(scheduleOf, defaults.schedule),
    jitterMs: pick((s) => s.schedule?.jitter, defaults.jitterMs),
    docker: { host: pick((s) => s.docker?.host, dockerHost ?? defaults.docker.host) },
    timeouts: {
      runMs: pick((s) => s.timeouts?.run, defaults.timeouts.runMs),
      commandMs: pick((s) => s.timeouts?.command, defaults.timeouts.commandMs),
    },
    checks: {
      only: pick((s) => s.checks?.only, defaults.checks.only),
      ignore: pick((s) => s.checks?.ignore, defaults.checks.ignore),
    },
    metrics: {
      maxFindings: pick((s) => s.metrics?.maxFindings, defaults.metrics.maxFindings),
      maxSeriesPerFamily: pick(
        (s) => s.metrics?.maxSeriesPerFamily,
        defaults.metrics.maxSeriesPerFamily,
      ),
    },
    log: { level: pick((s) => s.log?.level, defaults.log.level) },
  };
}

/** One place sets one of the two; a place of more weight replaces either. */
function scheduleOf(settings: Settings): ScheduleSetting | undefined {
  const { every, cron } = settings.schedule ?? {};
  if (every !== undefined) return { kind: "every", everyMs: every };
  return cron === undefined ? undefined : { kind: "cron", expression: cron };
}

/** Names that the configuration uses and docknet does not know. */
function strangers(layer: Layer, vocabulary: ConfigVocabulary): readonly string[] {
  const { checkIds, areas, subjectKinds } = vocabulary;
  const { checks, schedule } = layer.settings;
  const only = (checks?.only ?? []).filter(
    (name) => !checkIds.includes(name) && !areas.includes(name),
  );
  const ignore = (checks?.ignore ?? []).filter(({ check }) => !checkIds.includes(check));
  const subjects = (checks?.ignore ?? []).flatMap(({ subject }) => subject ?? []);
  const oddSubjects = subjects.filter((text) => !subjectKinds.includes(text.replace(/:.*$/s, "")));
  const cron = schedule?.cron;
  return [
    ...only.map((name) =>
      problem(
        layer,
        "checks.only",
        `a check's id or one of ${areas.join(", ")}, not "${name}"${didYouMean(name, [...checkIds, ...areas])}`,
      ),
    ),
    ...ignore.map(({ check }) =>
      problem(
        layer,
        "checks.ignore",
        `a check's id (docknet checks lists them), not "${check}"${didYouMean(check, checkIds)}`,
      ),
    ),
    ...oddSubjects.map((text) =>
      problem(layer, "checks.ignore", `a subject of ${subjectKinds.join(", ")}, not "${text}"`),
    ),
    ...(cron === undefined || vocabulary.isCronExpression(cron)
      ? []
      : [problem(layer, "schedule.cron", `a cron expression, not "${cron}"`)]),
  ];
}

function problem(layer: Layer, key: ConfigKeyName, expected: string): string {
  return `${layer.origin(keyOf(key))} (${key}): expected ${expected}`;
}

function keyOf(name: ConfigKeyName): ConfigKey {
  return configKeys.find(({ key }) => key === name) ?? configKeys[0];
}

/** The variable that Docker's own client reads; it gives way to every setting of docknet. */
function dockerHostOf(env: ConfigSources["env"]): string | undefined {
  return env["DOCKER_HOST"] || undefined;
}

function dockerHostProblems(
  layers: readonly Layer[],
  env: ConfigSources["env"],
): readonly string[] {
  const host = dockerHostOf(env);
  if (layers.some((layer) => sets(layer, "docker.host"))) return [];
  const judged = host === undefined ? undefined : flagsLayer({ "docker.host": host });
  if (judged === undefined || judged.ok) return [];
  return [
    `variable DOCKER_HOST: expected a Unix socket such as unix:///var/run/docker.sock, not "${host}"`,
  ];
}

function originsOf(layers: readonly Layer[], env: ConfigSources["env"]): ConfigOrigins {
  const entries = configKeys.map((key) => {
    const layer = layers.find((layer) => sets(layer, key.key));
    if (layer !== undefined) return [key.key, layer.origin(key)];
    const docker = key.key === "docker.host" && dockerHostOf(env) !== undefined;
    return [key.key, docker ? "variable DOCKER_HOST" : "default"];
  });
  return Object.fromEntries(entries);
}

/** What holds; of the two kinds of a schedule, the one that does. */
function writtenOf(layers: readonly Layer[], env: ConfigSources["env"]): WrittenValues {
  const scheduledBy = layers.find((layer) => scheduleOf(layer.settings) !== undefined);
  const idle = scheduledBy !== undefined && sets(scheduledBy, "schedule.cron") ? "every" : "cron";
  const entries = configKeys.map((key) => {
    const layer = layers.find((each) => sets(each, key.key));
    if (key.key === `schedule.${idle}`) return [key.key, undefined];
    if (layer !== undefined) return [key.key, layer.written[key.key]];
    const docker = key.key === "docker.host" ? dockerHostOf(env) : undefined;
    return [key.key, docker ?? fallbackOf(key)];
  });
  return Object.fromEntries(entries);
}

function sets({ written }: Layer, key: ConfigKeyName): boolean {
  return Object.hasOwn(written, key);
}

function strangeVariables(env: ConfigSources["env"]): readonly string[] {
  const known: readonly string[] = configKeys.map(({ variable }) => variable);
  return Object.keys(env)
    .filter((name) => name.startsWith("DOCKNET_") && !known.includes(name))
    .toSorted();
}
