import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext, type TlsOptions } from "node:tls";
import type { TlsSettings, TlsVersion } from "../../config/web/web-config.ts";

export type TlsOutcome =
  | {
      readonly ok: true;
      readonly options: TlsOptions;
      /** When the server's certificate ends, in milliseconds since 1970. */
      readonly notAfterMs: number;
    }
  | { readonly ok: false; readonly problem: string };

/** What a server of Node needs for these settings; whatever OpenSSL would refuse is told here, and not by a server that fails. */
export function tlsOptions(tls: TlsSettings): TlsOutcome {
  const certificate = attempt(() => new X509Certificate(tls.cert));
  if (certificate === undefined) return problem("cert holds no certificate that can be read");
  const key = attempt(() => createPrivateKey(tls.key));
  if (key === undefined) {
    return problem(
      /ENCRYPTED/.test(tls.key)
        ? "key is encrypted, and there is nobody to ask for its password: decrypt it with openssl pkey"
        : "key holds no private key that can be read",
    );
  }
  if (!certificate.checkPrivateKey(key)) return problem("key does not belong to cert");
  if (tls.clientCa !== undefined) {
    const clientCa = tls.clientCa;
    if (attempt(() => new X509Certificate(clientCa)) === undefined)
      return problem("client_ca holds no certificate that can be read");
  }
  const options = optionsOf(tls);
  const refusal = errorOf(() => createSecureContext(options));
  if (refusal !== undefined) return problem(`OpenSSL refuses the settings: ${refusal}`);
  return { ok: true, options, notAfterMs: Date.parse(certificate.validTo) };
}

function optionsOf(tls: TlsSettings): TlsOptions {
  return {
    cert: tls.cert,
    key: tls.key,
    ...(tls.clientCa === undefined ? {} : { ca: tls.clientCa }),
    minVersion: versions[tls.minVersion],
    maxVersion: versions[tls.maxVersion],
    ...(tls.ciphers.length === 0 ? {} : { ciphers: tls.ciphers.join(":") }),
    ...(tls.curves.length === 0 ? {} : { ecdhCurve: tls.curves.join(":") }),
    honorCipherOrder: tls.preferServerCiphers,
    requestCert: tls.clientAuth !== "NoClientCert",
    rejectUnauthorized: tls.clientAuth === "RequireAndVerifyClientCert",
  };
}

const versions = { TLS12: "TLSv1.2", TLS13: "TLSv1.3" } as const satisfies Record<
  TlsVersion,
  string
>;

function problem(text: string): TlsOutcome {
  return { ok: false, problem: `tls_server_config: ${text}` };
}

/** Node throws where OpenSSL refuses. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

function errorOf(make: () => unknown): string | undefined {
  try {
    make();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
