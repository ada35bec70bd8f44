import type { TlsOptions } from "node:tls";
import { loadWebConfig } from "../../config/web/load-web-config.ts";
import { openWeb, type WebConfig } from "../../config/web/web-config.ts";
import { tlsOptions } from "./tls-options.ts";

/** A web.config.file that was read, with what a server needs of it. */
export interface WebState {
  readonly config: WebConfig;
  readonly tls?: { readonly options: TlsOptions; readonly notAfterMs: number };
}

export type WebStateOutcome =
  | {
      readonly ok: true;
      readonly state: WebState;
      readonly warnings: readonly string[];
      readonly files: readonly string[];
    }
  | {
      readonly ok: false;
      readonly problems: readonly [string, ...string[]];
      readonly files: readonly string[];
    };

/** Reads the file and tries what it says about TLS; without a file nothing is asked of anybody. */
export async function loadWebState(path: string | undefined): Promise<WebStateOutcome> {
  if (path === undefined) return { ok: true, state: { config: openWeb }, warnings: [], files: [] };
  const loaded = await loadWebConfig(path);
  if (!loaded.ok) return loaded;
  const { config, files, warnings } = loaded;
  if (config.tls === undefined) return { ok: true, state: { config }, warnings, files };
  const tried = tlsOptions(config.tls);
  if (!tried.ok) return { ok: false, problems: [`${path}: ${tried.problem}`], files };
  return { ok: true, state: { config, tls: tried }, warnings, files };
}
