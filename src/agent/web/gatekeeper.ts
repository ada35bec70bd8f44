import type { WebConfig } from "../../config/web/web-config.ts";
import type { RefusalReason } from "../../metrics/web.ts";
import type { WebAnswer } from "../routes.ts";
import type { ClientCertificate } from "./client-certificate.ts";
import type { Credentials, PasswordGate } from "./passwords.ts";
import { type RateLimit, rateLimit } from "./rate-limit.ts";

/** What of a request decides whether it is let in. */
export interface Visitor {
  /** Address that it came from. */
  readonly peer: string;
  readonly authorization: string;
  readonly certificate: ClientCertificate;
}

export type Admission =
  | { readonly admitted: true; readonly isAuthenticated: boolean }
  | { readonly admitted: false; readonly reason: RefusalReason; readonly answer: WebAnswer };

export interface Gatekeeper {
  admit(visitor: Visitor, config: WebConfig): Promise<Admission>;
}

/** Rate limit first, then the certificate, then the password: in the order of what they cost. */
export function gatekeeper(parts: {
  readonly passwords: PasswordGate;
  nowMs(): number;
}): Gatekeeper {
  let bucket: { readonly of: WebConfig["rateLimit"]; readonly limit: RateLimit } | undefined;
  const hasRoom = (of: NonNullable<WebConfig["rateLimit"]>): boolean => {
    const isSame = bucket?.of?.intervalMs === of.intervalMs && bucket.of.burst === of.burst;
    if (bucket === undefined || !isSame) bucket = { of, limit: rateLimit(of) };
    return bucket.limit.take(parts.nowMs());
  };
  return {
    async admit(visitor, { users, rateLimit: limit }) {
      if (limit !== undefined && !hasRoom(limit)) return refusal("rate_limit");
      const { certificate } = visitor;
      if (certificate.kind === "refused") return refusal("no_certificate", certificate.reason);
      const isKnown = certificate.kind === "verified";
      if (users.size === 0) return { admitted: true, isAuthenticated: isKnown };
      const credentials = credentialsIn(visitor.authorization);
      if (credentials === undefined) return refusal("no_password");
      const { peer } = visitor;
      const verdict = await parts.passwords.verify(credentials, { users, peer });
      switch (verdict) {
        case "right":
          return { admitted: true, isAuthenticated: true };
        case "wrong":
          return refusal("wrong_password");
        case "busy":
          return refusal("busy");
      }
    },
  };
}

/** `Basic dXNlcjpwYXNz`; undefined when it is not that. */
export function credentialsIn(authorization: string): Credentials | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

function refusal(reason: RefusalReason, why?: string): Admission {
  const { status, text, headers = {} } = answers[reason];
  return {
    admitted: false,
    reason,
    answer: {
      status,
      headers: { "Content-Type": "text/plain; charset=utf-8", ...headers },
      body: `${why ?? text}\n`,
    },
  };
}

const challenge = { "WWW-Authenticate": 'Basic realm="docknet", charset="UTF-8"' };

const answers: Readonly<
  Record<
    RefusalReason,
    {
      readonly status: number;
      readonly text: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  >
> = {
  rate_limit: {
    status: 429,
    text: "too many requests: the web.config.file allows fewer (rate_limit)",
    headers: { "Retry-After": "1" },
  },
  no_certificate: { status: 403, text: "a client certificate is required" },
  no_password: { status: 401, text: "a user and a password are required", headers: challenge },
  wrong_password: { status: 401, text: "the user or the password is wrong", headers: challenge },
  busy: {
    status: 429,
    text: "too many passwords are being checked: try again in a second",
    headers: { "Retry-After": "1" },
  },
};
