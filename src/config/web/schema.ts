import { z } from "zod";
import { parseDuration } from "../duration.ts";
import { field, listOf, oneOf, secret, section, text, yesOrNo } from "../fields.ts";
import { cipherSuites, curves } from "./go-names.ts";
import { clientAuthTypes, tlsVersions } from "./web-config.ts";

/** Nobody gets a hash of a greater cost checked in the time of a request. */
const mostBcryptCost = 15;

const path = text("the path of a file", (written) =>
  written !== "" && !written.includes("\0") ? written : undefined,
);

const pem = secret("PEM, which starts with -----BEGIN", (written) =>
  /^\s*(?:[^\n]*\n)*?-----BEGIN [A-Z ]+-----/.test(written),
);

const bcryptHash = secret(
  `a bcrypt hash of a cost from 4 to ${mostBcryptCost}, as "htpasswd -nBC 10 USER" prints it`,
  (written) => {
    const cost = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(written)?.[1];
    return cost !== undefined && Number(cost) >= 4 && Number(cost) <= mostBcryptCost;
  },
);

/** Visible ASCII, so that no value can begin a header of its own. */
const headerValue = text("a text of one line", (written) =>
  /^[\x20-\x7e]*$/.test(written) ? written : undefined,
);

function oneOrNothing(words: readonly string[]) {
  return text(`${words.join(" or ")}, or an empty text`, (written) =>
    written === "" || words.includes(written) ? written : undefined,
  );
}

const duration = field("a duration such as 1s or 500ms, or 0", (value) => {
  if (value === 0) return 0;
  return typeof value === "string" ? parseDuration(value) : undefined;
});

const count = field("a whole number from 1 to 1000000", (value) =>
  typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 1_000_000
    ? value
    : undefined,
);

/** User names go into a header before a colon. */
const users = z.record(z.string(), bcryptHash, {
  error: (issue) =>
    issue.code === "invalid_key"
      ? "expected a user name without a colon"
      : "expected users and their bcrypt hashes",
});

/** The file format of Prometheus's exporter-toolkit; an unknown key is an error, not a wish. */
export const webSchema = section({
  tls_server_config: section({
    cert: pem.optional(),
    key: pem.optional(),
    client_ca: pem.optional(),
    cert_file: path.optional(),
    key_file: path.optional(),
    client_ca_file: path.optional(),
    client_auth_type: oneOf(clientAuthTypes).optional(),
    client_allowed_sans: listOf(text("a name", (name) => name || undefined)).optional(),
    min_version: oneOf(tlsVersions).optional(),
    max_version: oneOf(tlsVersions).optional(),
    cipher_suites: listOf(oneOf(Object.keys(cipherSuites))).optional(),
    curve_preferences: listOf(oneOf(Object.keys(curves))).optional(),
    prefer_server_cipher_suites: yesOrNo.optional(),
  }).optional(),
  http_server_config: section({
    http2: yesOrNo.optional(),
    headers: section({
      "Content-Security-Policy": headerValue.optional(),
      "X-Frame-Options": oneOrNothing(["deny", "sameorigin"]).optional(),
      "X-Content-Type-Options": oneOrNothing(["nosniff"]).optional(),
      "X-XSS-Protection": headerValue.optional(),
      "Strict-Transport-Security": headerValue.optional(),
    }).optional(),
  }).optional(),
  basic_auth_users: users.optional(),
  rate_limit: section({ interval: duration, burst: count.optional() }).optional(),
});

export type WebSettings = z.infer<typeof webSchema>;
export type TlsFileSettings = NonNullable<WebSettings["tls_server_config"]>;
