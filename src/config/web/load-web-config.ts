import { dirname, isAbsolute, join } from "node:path";
import { placeIn, problemsOf } from "../problems.ts";
import { readText } from "../read-text.ts";
import { withoutEmpty } from "../without-empty.ts";
import { parseYaml } from "../yaml-file.ts";
import { cipherSuites, curves, tls13Suites } from "./go-names.ts";
import { type TlsFileSettings, type WebSettings, webSchema } from "./schema.ts";
import { openWeb, type TlsSettings, type WebConfig } from "./web-config.ts";

/** `files` are those that the configuration stands in: when one of them changes, it is to be loaded again. */
export type WebConfigOutcome =
  | {
      readonly ok: true;
      readonly config: WebConfig;
      readonly warnings: readonly string[];
      readonly files: readonly string[];
    }
  | {
      readonly ok: false;
      readonly problems: readonly [string, ...string[]];
      readonly files: readonly string[];
    };

/** Reads a web.config.file and the certificates that it names; each problem says file, line and key. */
export async function loadWebConfig(path: string): Promise<WebConfigOutcome> {
  const content = await readText(path);
  if (!content.ok) {
    return {
      ok: false,
      problems: [`${path}: expected a readable file, ${content.reason}`],
      files: [path],
    };
  }
  const yaml = parseYaml(content.text);
  if (!yaml.ok) {
    return {
      ok: false,
      problems: [`${path}:${yaml.line}: expected YAML, ${yaml.message}`],
      files: [path],
    };
  }
  const parsed = webSchema.safeParse(withoutEmpty(yaml.value) ?? {});
  const at = (key: string): string => `${path}:${yaml.lineOf(key.split("."))}: ${key}`;
  if (!parsed.success) {
    return withProblems(problemsOf(parsed.error, placeIn(path, yaml.lineOf)), [path]);
  }
  const { tls_server_config: tls, http_server_config: http } = parsed.data;
  const found = tls === undefined ? noTls : await tlsOf(tls, { path, at });
  const files = [path, ...found.files];
  const { basic_auth_users: given } = parsed.data;
  const odd = Object.keys(given ?? {}).filter((name) => name === "" || name.includes(":"));
  const problems = [
    ...found.problems,
    ...odd.map(() => `${at("basic_auth_users")}: expected user names without a colon`),
  ];
  if (problems.length > 0) return withProblems(problems, files);
  const users = new Map(Object.entries(given ?? {}));
  return {
    ok: true,
    files,
    warnings: [
      ...found.warnings,
      ...(http?.http2 === true
        ? [`${at("http_server_config.http2")}: docknet speaks HTTP/1.1 only`]
        : []),
      ...(users.size > 0 && found.tls === undefined
        ? [`${at("basic_auth_users")}: without tls_server_config passwords travel readable`]
        : []),
    ],
    config: {
      ...openWeb,
      ...(found.tls === undefined ? {} : { tls: found.tls }),
      headers: headersOf(http),
      users,
      ...rateLimitOf(parsed.data),
    },
  };
}

function withProblems(problems: readonly string[], files: readonly string[]): WebConfigOutcome {
  const [first = "nothing is known of it", ...rest] = problems;
  return { ok: false, problems: [first, ...rest], files };
}

interface Place {
  readonly path: string;
  at(key: string): string;
}

interface FoundTls {
  readonly tls?: TlsSettings;
  readonly files: readonly string[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

const noTls: FoundTls = { files: [], problems: [], warnings: [] };

async function tlsOf(given: TlsFileSettings, place: Place): Promise<FoundTls> {
  const [cert, key, clientCa] = await Promise.all([
    pemOf("cert", given, place),
    pemOf("key", given, place),
    pemOf("client_ca", given, place),
  ]);
  const all = [cert, key, clientCa];
  const files = all.flatMap(({ file }) => file ?? []);
  const problems = [...all.flatMap((pem) => pem.problems), ...contradictions(given, place)];
  const missing = [
    ...(cert.text === undefined && cert.problems.length === 0 ? ["cert_file or cert"] : []),
    ...(key.text === undefined && key.problems.length === 0 ? ["key_file or key"] : []),
  ];
  const tls = place.at("tls_server_config");
  const needed = missing.map((name) => `${tls}: expected ${name}, there is none`);
  if (problems.length + needed.length > 0 || cert.text === undefined || key.text === undefined) {
    return { files, problems: [...problems, ...needed], warnings: [] };
  }
  return {
    files,
    problems: [],
    warnings:
      given.client_auth_type === "RequireAnyClientCert"
        ? [
            `${place.at("tls_server_config.client_auth_type")}: RequireAnyClientCert takes any certificate, ` +
              "also one that the client made for itself",
          ]
        : [],
    tls: {
      cert: cert.text,
      key: key.text,
      ...(clientCa.text === undefined ? {} : { clientCa: clientCa.text }),
      clientAuth: given.client_auth_type ?? "NoClientCert",
      clientAllowedSans: given.client_allowed_sans ?? [],
      minVersion: given.min_version ?? "TLS12",
      maxVersion: given.max_version ?? "TLS13",
      ciphers: ciphersOf(given.cipher_suites),
      curves: (given.curve_preferences ?? []).flatMap((name) => curves[name] ?? []),
      preferServerCiphers: given.prefer_server_cipher_suites ?? true,
    },
  };
}

/** Go offers the suites of TLS 1.3 whatever is listed; OpenSSL would leave TLS 1.3 out with them. */
function ciphersOf(names: readonly string[] | undefined): readonly string[] {
  if (names === undefined || names.length === 0) return [];
  return [...new Set([...tls13Suites, ...names.flatMap((name) => cipherSuites[name] ?? [])])];
}

interface FoundPem {
  readonly text?: string;
  readonly file?: string;
  readonly problems: readonly string[];
}

async function pemOf(
  name: "cert" | "key" | "client_ca",
  given: TlsFileSettings,
  place: Place,
): Promise<FoundPem> {
  const inline = given[name];
  const written = given[`${name}_file`];
  const key = `tls_server_config.${name}_file`;
  if (written === undefined) {
    return inline === undefined ? { problems: [] } : { text: inline, problems: [] };
  }
  if (inline !== undefined) {
    return { problems: [`${place.at(key)}: expected either ${name} or ${name}_file, not both`] };
  }
  // As in Prometheus, paths count from the folder of the file that they stand in.
  const file = isAbsolute(written) ? written : join(dirname(place.path), written);
  const read = await readText(file);
  if (read.ok) return { text: read.text, file, problems: [] };
  return { file, problems: [`${place.at(key)}: expected a readable file ${file}, ${read.reason}`] };
}

function contradictions(given: TlsFileSettings, { at }: Place): readonly string[] {
  const auth = given.client_auth_type ?? "NoClientCert";
  const hasCa = given.client_ca !== undefined || given.client_ca_file !== undefined;
  const verifies = auth === "VerifyClientCertIfGiven" || auth === "RequireAndVerifyClientCert";
  const requires = auth === "RequireAnyClientCert" || auth === "RequireAndVerifyClientCert";
  const tls = "tls_server_config";
  return [
    ...(verifies && !hasCa
      ? [`${at(`${tls}.client_auth_type`)}: ${auth} needs client_ca_file or client_ca`]
      : []),
    ...(hasCa && auth === "NoClientCert"
      ? [
          `${at(tls)}: client_ca asks for nothing without client_auth_type, such as RequireAndVerifyClientCert`,
        ]
      : []),
    ...((given.client_allowed_sans ?? []).length > 0 && !requires
      ? [
          `${at(`${tls}.client_allowed_sans`)}: needs client_auth_type RequireAndVerifyClientCert, ` +
            "or clients connect without a certificate",
        ]
      : []),
    ...(given.min_version === "TLS13" && given.max_version === "TLS12"
      ? [`${at(`${tls}.max_version`)}: expected min_version or later, not TLS12`]
      : []),
  ];
}

function headersOf(http: WebSettings["http_server_config"]): Readonly<Record<string, string>> {
  const given = Object.entries(http?.headers ?? {});
  return Object.fromEntries(
    given.flatMap(([name, value = ""]) => (value === "" ? [] : [[name, value]])),
  );
}

function rateLimitOf({ rate_limit: limit }: WebSettings): Pick<WebConfig, "rateLimit"> {
  if (limit === undefined || limit.interval === 0) return {};
  return { rateLimit: { intervalMs: limit.interval, burst: limit.burst ?? 1 } };
}
