import { flag, type Series, series, single } from "./series.ts";

/** Why requests were turned away. */
export const refusalReasons = [
  "rate_limit",
  "no_certificate",
  "no_password",
  "wrong_password",
  "busy",
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** What the agent knows of its own web server. */
export interface WebReadings {
  /** Whether the web.config.file was last read well; absent without one. */
  readonly isConfigReloaded?: boolean;
  /** When the server's certificate ends, in seconds since 1970; absent without TLS. */
  readonly certificateNotAfter?: number;
  /** Requests turned away since the agent started. */
  readonly refusals: Readonly<Partial<Record<RefusalReason, number>>>;
}

/** The agent's web server. */
export function webSeries(web: WebReadings): readonly Series[] {
  const { isConfigReloaded, certificateNotAfter, refusals } = web;
  return [
    single(
      "docknet_web_config_last_reload_successful",
      isConfigReloaded === undefined ? undefined : flag(isConfigReloaded),
    ),
    single("docknet_web_certificate_not_after_timestamp_seconds", certificateNotAfter),
    series(
      "docknet_web_requests_refused_total",
      refusalReasons.map((reason) => ({ labels: { reason }, value: refusals[reason] ?? 0 })),
    ),
  ];
}
