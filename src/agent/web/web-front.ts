import type { ListenAddress } from "../../config/listen-address.ts";
import { refusalReasons, type WebReadings } from "../../metrics/web.ts";
import { type ServedRequest, startWebServer, type WebServer } from "../http-server.ts";
import { type Log, tellBug } from "../log.ts";
import type { WebAnswer, WebRequest } from "../routes.ts";
import { gatekeeper } from "./gatekeeper.ts";
import { hashingParts, passwordGate } from "./passwords.ts";
import { type FileWatch, watchFiles } from "./watch-files.ts";
import { loadWebState, type WebState } from "./web-state.ts";

/** What stands between the network and the answers. */
export interface WebFront {
  readonly urls: readonly string[];
  /** Reads the web.config.file again, if one was named; a broken one changes nothing, and is told by log and readings. */
  reload(): Promise<void>;
  readings(): WebReadings;
  close(graceMs: number): Promise<void>;
}

export type WebFrontStart =
  | { readonly ok: true; readonly front: WebFront }
  | { readonly ok: false; readonly problems: readonly [string, ...string[]] };

interface WebFrontParts {
  readonly addresses: readonly ListenAddress[];
  readonly configFile: string | undefined;
  answer(request: WebRequest): WebAnswer;
  /** The web.config.file was read again, well or not. */
  onReload(): Promise<void>;
  swiftly<T>(work: () => Promise<T>): Promise<T>;
  readonly log: Log;
}

/** How often the web.config.file and its certificates are looked at, in milliseconds. */
const lookEveryMs = 5_000;

/** Listens on every address, or on none. */
export async function startWebFront(parts: WebFrontParts): Promise<WebFrontStart> {
  const { log, configFile } = parts;
  const first = await loadWebState(configFile);
  if (!first.ok) return { ok: false, problems: first.problems };
  let state: WebState = first.state;
  let files = first.files;
  let isReloaded = true;
  const refusals = new Map(refusalReasons.map((reason) => [reason, 0]));
  for (const warning of first.warnings) log.warn("web.config.file", { warning });

  const gate = gatekeeper({
    passwords: passwordGate(hashingParts(parts.swiftly)),
    nowMs: () => performance.now(),
  });
  const serve = async (served: ServedRequest): Promise<WebAnswer> => {
    const { config } = state;
    const admission = await gate.admit(served.visitor, config);
    if (!admission.admitted) {
      refusals.set(admission.reason, (refusals.get(admission.reason) ?? 0) + 1);
    }
    const answer = admission.admitted
      ? parts.answer({ ...served.request, isAuthenticated: admission.isAuthenticated })
      : admission.answer;
    return { ...answer, headers: { ...answer.headers, ...config.headers } };
  };

  const started = await startWebServer(parts.addresses, {
    serve,
    tlsSettings: () => state.config.tls,
    onBug: (error) => tellBug(log, error),
    ...(state.tls === undefined ? {} : { tls: state.tls.options }),
  });
  if (!started.ok) return { ok: false, problems: [`web.listenAddresses: ${started.message}`] };
  const { server } = started;

  const reload = async (): Promise<void> => {
    if (configFile === undefined) return;
    const loaded = await loadWebState(configFile);
    files = loaded.files;
    const problems = loaded.ok ? switched(state, loaded.state) : loaded.problems;
    isReloaded = problems.length === 0;
    for (const problem of problems) {
      log.error("web.config.file not reloaded: the old one stays", { problem });
    }
    if (loaded.ok && isReloaded) {
      takeOver(server, loaded.state);
      state = loaded.state;
      for (const warning of loaded.warnings) log.warn("web.config.file", { warning });
      log.info("web.config.file reloaded", { path: configFile });
    }
    await parts.onReload();
  };

  const watch: FileWatch | undefined =
    configFile === undefined
      ? undefined
      : await watchFiles({ files: () => files, onChange: reload, everyMs: lookEveryMs });

  return {
    ok: true,
    front: {
      urls: server.urls,
      reload,
      readings: () => ({
        ...(configFile === undefined ? {} : { isConfigReloaded: isReloaded }),
        ...(state.tls === undefined ? {} : { certificateNotAfter: state.tls.notAfterMs / 1_000 }),
        refusals: Object.fromEntries(refusals),
      }),
      close(graceMs) {
        watch?.stop();
        return server.close(graceMs);
      },
    },
  };
}

function takeOver(server: WebServer, next: WebState): void {
  if (next.tls !== undefined) server.renewTls(next.tls.options);
}

/** A port speaks TLS or it does not: whoever is connected would be lost without a word. */
function switched(old: WebState, next: WebState): readonly string[] {
  if ((old.tls === undefined) === (next.tls === undefined)) return [];
  const what = next.tls === undefined ? "is gone" : "is new";
  return [`tls_server_config ${what}: restart the agent for that`];
}
