/** How clients are asked for certificates. Names as in Go's crypto/tls. */
export const clientAuthTypes = [
  "NoClientCert",
  "RequestClientCert",
  "RequireAnyClientCert",
  "VerifyClientCertIfGiven",
  "RequireAndVerifyClientCert",
] as const;
export type ClientAuthType = (typeof clientAuthTypes)[number];

export const tlsVersions = ["TLS12", "TLS13"] as const;
export type TlsVersion = (typeof tlsVersions)[number];

/** How to serve with TLS. */
export interface TlsSettings {
  /** PEM: the server's certificate, then those that lead to its root. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** PEM: who may have signed clients' certificates. */
  readonly clientCa?: string;
  readonly clientAuth: ClientAuthType;
  /** A client's certificate needs one of these names; empty = any name. */
  readonly clientAllowedSans: readonly string[];
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** In OpenSSL's words; empty = those of OpenSSL. */
  readonly ciphers: readonly string[];
  /** In OpenSSL's words; empty = those of OpenSSL. */
  readonly curves: readonly string[];
  readonly preferServerCiphers: boolean;
}

/** What a web.config.file says: who may read what docknet serves, and how it travels. */
export interface WebConfig {
  readonly tls?: TlsSettings;
  /** Headers of every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** bcrypt hashes by user; empty = no password is asked for. */
  readonly users: ReadonlyMap<string, string>;
  /** A bucket of `burst` requests that gets one more every so often. */
  readonly rateLimit?: { readonly intervalMs: number; readonly burst: number };
}

/** Nothing is asked of anybody: what holds without a file. */
export const openWeb: WebConfig = { headers: {}, users: new Map() };
