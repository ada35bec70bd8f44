import type { TLSSocket } from "node:tls";
import type { TlsSettings } from "../../config/web/web-config.ts";

/** What a client's certificate is worth. */
export type ClientCertificate =
  /** Signed by somebody in client_ca: its owner is known. */
  | { readonly kind: "verified" }
  /** None is asked for, or one that proves nothing. */
  | { readonly kind: "not-needed" }
  | { readonly kind: "refused"; readonly reason: string };

/** Judges what the handshake left open; a client whose certificate is required and wrong does not get this far. */
export function clientCertificate(socket: TLSSocket, tls: TlsSettings): ClientCertificate {
  if (tls.clientAuth === "NoClientCert" || tls.clientAuth === "RequestClientCert") {
    return { kind: "not-needed" };
  }
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) {
    return tls.clientAuth === "VerifyClientCertIfGiven"
      ? { kind: "not-needed" }
      : { kind: "refused", reason: "a client certificate is required" };
  }
  const names = subjectAltNames(certificate.subjectAltName ?? "");
  const wanted = tls.clientAllowedSans;
  if (wanted.length > 0 && !wanted.some((name) => names.includes(name))) {
    return { kind: "refused", reason: "the client certificate has none of the names that may" };
  }
  if (tls.clientAuth === "RequireAnyClientCert") return { kind: "not-needed" };
  return socket.authorized
    ? { kind: "verified" }
    : { kind: "refused", reason: "the client certificate is not signed by client_ca" };
}

/**
 * The names in Node's text for subject alternative names, such as `DNS:a.example, IP Address:10.0.0.1, URI:spiffe://x`. A value that
 * could be taken for several stands in quotes, as JSON.
 */
export function subjectAltNames(text: string): readonly string[] {
  const entries = text.matchAll(/(?:^|, )(?:DNS|IP Address|URI|email):("(?:[^"\\]|\\.)*"|[^,]*)/g);
  return Array.from(entries, ([, value = ""]) => {
    if (!value.startsWith('"')) return value;
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "string" ? parsed : "";
  });
}
