import type { HostPort } from "../host/port.ts";
import type { DaemonOptions, OptionOrigin } from "../model/docker/daemon-options.ts";
import { known } from "../model/facts.ts";
import { unparsable } from "../model/failure.ts";
import type { HostQuery } from "../model/query.ts";
import { parseDaemonJson } from "../parsers/daemon-json.ts";
import { type DockerdCommandLine, parseDockerdCmdline } from "../parsers/dockerd-cmdline.ts";
import { parseSingleLine } from "../parsers/plain-text.ts";
import { type Answer, ask } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";

const configPath = "/etc/docker/daemon.json";
const snapConfigPath = "/var/snap/docker/current/config/daemon.json";
const pidQuery: HostQuery = { kind: "file", path: "/var/run/docker.pid" };
const snapPidQuery: HostQuery = { kind: "file", path: "/run/snap.docker/docker.pid" };

/** What dockerd does where neither the file nor the command line says otherwise; ip6tables depends on the release. */
const defaults: DaemonOptions = { iptables: true, ipMasq: true, userlandProxy: true };

/** Options of dockerd from its file and its command line. Always known: what could not be seen is not in it. */
export const daemonOptions = defineCollector({
  fact: "daemonOptions",
  title: "Options of the Docker daemon",
  reads: [
    {
      what: "cat /etc/docker/daemon.json",
      needs: [],
      withoutIt: "options in dockerd's file",
      loses: "part",
    },
    {
      what: "cat FILE.json",
      where: "dockerd's command line names another file of options",
      needs: [],
      withoutIt: "options in dockerd's file",
      loses: "part",
    },
    {
      what: "cat /var/snap/docker/current/config/daemon.json",
      where: "there is no /etc/docker/daemon.json",
      needs: [],
      withoutIt: "options in the file of the snap's dockerd",
      loses: "part",
    },
    {
      what: "cat /run/snap.docker/docker.pid",
      where: "there is no /var/run/docker.pid",
      needs: [],
      withoutIt: "options on the command line of the snap's dockerd",
      loses: "part",
    },
    {
      what: "cat /var/run/docker.pid",
      needs: [],
      withoutIt: "options on dockerd's command line",
      loses: "part",
    },
    {
      what: "cat /proc/PID/cmdline",
      needs: [],
      withoutIt: "options on dockerd's command line",
      loses: "part",
    },
  ],
  needs: [],
  async collect(host, { now }) {
    const commandLine = await daemonCommandLine(host);
    const flags = commandLine.answer?.ok === true ? commandLine.answer : undefined;
    const { path, file, sources } = await optionsFile(host, flags?.value.configFile);
    const missing = !file.ok && file.failure.kind === "not-found";
    const odd = !file.ok && file.failure.kind === "unparsable";
    const from = {
      at: now,
      sources: [...sources, ...commandLine.sources],
      ignored: [
        ...(file.ok ? file.ignored : []),
        ...(odd ? [{ line: 1, text: path, reason: file.failure.message }] : []),
        ...(flags?.ignored ?? []),
      ],
    };
    const fileValue = file.ok ? file.value : noOptions;
    const flagValue = flags?.value ?? noOptions;
    const flagNames = new Set<string>(flagValue.names);
    const conflicts = fileValue.names.filter((name) => flagNames.has(name));
    // Options in a file that cannot be seen may say anything: no default holds then.
    const assumed = flags !== undefined && (file.ok || missing) ? defaults : {};
    const value: DaemonOptions = {
      ...assumed,
      ...fileValue.options,
      ...flagValue.options,
      ...(path === configPath ? {} : { configFile: path }),
      ...originsOf(fileValue.names, flagValue.names),
      ...(conflicts.length === 0 ? {} : { conflicts }),
    };
    const named = flagValue.configFile !== undefined && path !== configPath;
    const gaps = [
      ...(named && !file.ok && !odd ? [`options in ${path}: ${file.failure.message}`] : []),
      ...conflicts.map(
        (name) =>
          `${name} is set in ${path} and on dockerd's command line: dockerd does not start with both`,
      ),
    ];
    return known(value, { ...from, gaps });
  },
});

interface NoOptions {
  readonly options: DaemonOptions;
  readonly names: readonly string[];
  readonly configFile?: string;
}

const noOptions: NoOptions = { options: {}, names: [] };

/** The file that the command line names, else the usual one, else the one of the snap. */
async function optionsFile(host: HostPort, named: string | undefined) {
  const path = named ?? configPath;
  if (!isAbsolute(path)) {
    const message = `"${path}" has no place of its own: it is relative to where dockerd was started`;
    return { path, file: { ok: false, failure: unparsable(message) }, sources: [] } as const;
  }
  const file = await ask(host, fileQuery(path), parseDaemonJson);
  const usual = { path, file, sources: [fileQuery(path)] };
  if (named !== undefined || file.ok || file.failure.kind !== "not-found") return usual;
  const snap = await ask(host, fileQuery(snapConfigPath), parseDaemonJson);
  return snap.ok ? { path: snapConfigPath, file: snap, sources: snap.sources } : usual;
}

interface FoundCommandLine {
  readonly answer?: Answer<DockerdCommandLine>;
  readonly sources: readonly HostQuery[];
}

async function daemonCommandLine(host: HostPort): Promise<FoundCommandLine> {
  const usual = await ask(host, pidQuery, parseSingleLine);
  const isMissing = !usual.ok && usual.failure.kind === "not-found";
  const snap = isMissing ? await ask(host, snapPidQuery, parseSingleLine) : usual;
  const pid = snap.ok ? snap : usual;
  if (!pid.ok || !/^[1-9]\d*$/.test(pid.value)) return { sources: [pidQuery] };
  const answer = await ask(host, fileQuery(`/proc/${pid.value}/cmdline`), parseDockerdCmdline);
  return { answer, sources: [...pid.sources, ...(answer.ok ? answer.sources : [])] };
}

function originsOf(
  file: readonly string[],
  flags: readonly string[],
): Pick<DaemonOptions, "origins"> {
  const origins: readonly (readonly [string, OptionOrigin])[] = [
    ...file.map((name) => [name, "file"] as const),
    ...flags.map((name) => [name, "flag"] as const),
  ];
  return origins.length === 0 ? {} : { origins: Object.fromEntries(origins) };
}

function isAbsolute(path: string): path is `/${string}` {
  return path.startsWith("/");
}

function fileQuery(path: `/${string}`): HostQuery {
  return { kind: "file", path };
}
