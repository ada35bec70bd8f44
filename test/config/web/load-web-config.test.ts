import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadWebConfig } from "../../../src/config/web/load-web-config.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const hash = "$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG";
const pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

/** What a file with this text gives, with FOLDER in place of its folder. */
async function load(text: string, files: Readonly<Record<string, string>> = {}) {
  const folder = tempDirectory();
  for (const [name, content] of Object.entries({ "web.yml": text, ...files })) {
    writeFileSync(join(folder, name), content);
  }
  const outcome = await loadWebConfig(join(folder, "web.yml"));
  const short = (lines: readonly string[]) =>
    lines.map((line) => line.replaceAll(folder, "FOLDER"));
  return outcome.ok
    ? { ...outcome, warnings: short(outcome.warnings), files: short(outcome.files) }
    : { ok: false, problems: short(outcome.problems), files: short(outcome.files) };
}

const problems = async (text: string, files: Readonly<Record<string, string>> = {}) => {
  const outcome = await load(text, files);
  return "problems" in outcome ? outcome.problems : "it was taken";
};

describe("loadWebConfig", () => {
  test("asks nothing of anybody where nothing is set", async () => {
    for (const text of [
      "",
      "# nothing\n",
      "tls_server_config:\nbasic_auth_users: {}",
      "rate_limit: {interval: 0}",
    ]) {
      expect(await load(text)).toEqual({
        ok: true,
        config: { headers: {}, users: new Map() },
        warnings: [],
        files: ["FOLDER/web.yml"],
      });
    }
  });

  test("reads every key, certificates from files beside it, and names in OpenSSL's words", async () => {
    const text = `
tls_server_config:
  cert_file: server.pem
  key_file: server.key
  client_ca_file: ca.pem
  client_auth_type: RequireAndVerifyClientCert
  client_allowed_sans: [prometheus.example]
  min_version: TLS12
  max_version: TLS13
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256]
  curve_preferences: [X25519, CurveP256]
  prefer_server_cipher_suites: false
http_server_config:
  http2: true
  headers:
    X-Frame-Options: deny
    X-XSS-Protection: ""
    Strict-Transport-Security: max-age=60
basic_auth_users:
  prometheus: ${hash}
rate_limit: {interval: 500ms, burst: 20}
`;
    const files = { "server.pem": pem, "server.key": "KEY", "ca.pem": "CA" };
    expect(await load(text, files)).toEqual({
      ok: true,
      config: {
        tls: {
          cert: pem,
          key: "KEY",
          clientCa: "CA",
          clientAuth: "RequireAndVerifyClientCert",
          clientAllowedSans: ["prometheus.example"],
          minVersion: "TLS12",
          maxVersion: "TLS13",
          ciphers: [
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "ECDHE-RSA-AES128-GCM-SHA256",
          ],
          curves: ["X25519", "P-256"],
          preferServerCiphers: false,
        },
        headers: { "X-Frame-Options": "deny", "Strict-Transport-Security": "max-age=60" },
        users: new Map([["prometheus", hash]]),
        rateLimit: { intervalMs: 500, burst: 20 },
      },
      warnings: ["FOLDER/web.yml:14: http_server_config.http2: docknet speaks HTTP/1.1 only"],
      files: ["FOLDER/web.yml", "FOLDER/server.pem", "FOLDER/server.key", "FOLDER/ca.pem"],
    });
  });

  test("takes certificates in the file itself", async () => {
    const inline = JSON.stringify(pem);
    const outcome = await load(`tls_server_config: {cert: ${inline}, key: ${inline}}`);
    expect(outcome).toMatchObject({
      ok: true,
      config: { tls: { cert: pem, key: pem, clientAuth: "NoClientCert", ciphers: [], curves: [] } },
      files: ["FOLDER/web.yml"],
    });
  });

  test("warns of passwords without TLS, and of certificates that prove nothing", async () => {
    const files = { "a.pem": "A" };
    const any = "{cert_file: a.pem, key_file: a.pem, client_auth_type: RequireAnyClientCert}";
    expect([
      await load(`basic_auth_users: {a: ${hash}}`),
      await load(`tls_server_config: ${any}`, files),
    ]).toMatchObject([
      {
        warnings: [
          "FOLDER/web.yml:1: basic_auth_users: without tls_server_config passwords travel readable",
        ],
      },
      {
        warnings: [
          "FOLDER/web.yml:1: tls_server_config.client_auth_type: RequireAnyClientCert takes any certificate, also one that the client made for itself",
        ],
      },
    ]);
  });

  test("names file, line and key of everything that is wrong, and no secret", async () => {
    expect(
      await problems(`
tls_server_config:
  cert: secret-certificate
  key: secret-key
  client_auth_type: RequireAndVerify
  min_version: TLS10
  cipher_suites:
    - TLS_RSA_WITH_RC4_128_SHA
  curve_preferences: [CurveP255]
  prefer_server_cipher_suites: "yes"
  cert_fil: x
http_server_config:
  headers: {X-Frame-Options: sometimes, X-Powered-By: docknet, Content-Security-Policy: "a\\nb: c"}
basic_auth_users:
  a: plain-password
  b: "$2y$31$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG"
rate_limit: {interval: often, burst: 0}
tls: {}
`),
    ).toEqual([
      "FOLDER/web.yml:3: tls_server_config.cert: expected PEM, which starts with -----BEGIN",
      "FOLDER/web.yml:4: tls_server_config.key: expected PEM, which starts with -----BEGIN",
      'FOLDER/web.yml:5: tls_server_config.client_auth_type: expected one of NoClientCert, RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven, RequireAndVerifyClientCert, not "RequireAndVerify"; did you mean RequireAndVerifyClientCert?',
      'FOLDER/web.yml:6: tls_server_config.min_version: expected one of TLS12, TLS13, not "TLS10"; did you mean TLS12?',
      expect.stringMatching(
        /^FOLDER\/web.yml:8: tls_server_config.cipher_suites\[0\]: expected one of TLS_AES.*, not "TLS_RSA_WITH_RC4_128_SHA"/,
      ),
      'FOLDER/web.yml:9: tls_server_config.curve_preferences[0]: expected one of CurveP256, CurveP384, CurveP521, X25519, X25519MLKEM768, not "CurveP255"; did you mean CurveP256?',
      'FOLDER/web.yml:10: tls_server_config.prefer_server_cipher_suites: expected true or false, not "yes"',
      expect.stringMatching(
        /^FOLDER\/web.yml:11: tls_server_config.cert_fil: unknown key, expected only cert, .*; did you mean cert_file\?$/,
      ),
      'FOLDER/web.yml:13: http_server_config.headers.Content-Security-Policy: expected a text of one line, not "a\\nb: c"',
      'FOLDER/web.yml:13: http_server_config.headers.X-Frame-Options: expected deny or sameorigin, or an empty text, not "sometimes"',
      expect.stringMatching(
        /^FOLDER\/web.yml:13: http_server_config.headers.X-Powered-By: unknown/,
      ),
      'FOLDER/web.yml:15: basic_auth_users.a: expected a bcrypt hash of a cost from 4 to 15, as "htpasswd -nBC 10 USER" prints it',
      'FOLDER/web.yml:16: basic_auth_users.b: expected a bcrypt hash of a cost from 4 to 15, as "htpasswd -nBC 10 USER" prints it',
      'FOLDER/web.yml:17: rate_limit.interval: expected a duration such as 1s or 500ms, or 0, not "often"',
      "FOLDER/web.yml:17: rate_limit.burst: expected a whole number from 1 to 1000000, not 0",
      "FOLDER/web.yml:18: tls: unknown key, expected only tls_server_config, http_server_config, basic_auth_users, rate_limit; did you mean tls_server_config?",
    ]);
  });

  test.each([
    [
      "{client_ca_file: a.pem}",
      [
        "FOLDER/web.yml:1: tls_server_config: client_ca asks for nothing without client_auth_type, such as RequireAndVerifyClientCert",
        "FOLDER/web.yml:1: tls_server_config: expected cert_file or cert, there is none",
        "FOLDER/web.yml:1: tls_server_config: expected key_file or key, there is none",
      ],
    ],
    [
      "{cert_file: a.pem, key_file: gone.pem, client_auth_type: VerifyClientCertIfGiven}",
      [
        "FOLDER/web.yml:1: tls_server_config.key_file: expected a readable file FOLDER/gone.pem, there is none",
        "FOLDER/web.yml:1: tls_server_config.client_auth_type: VerifyClientCertIfGiven needs client_ca_file or client_ca",
      ],
    ],
    [
      `{cert_file: a.pem, key_file: a.pem, cert: ${JSON.stringify(pem)}, client_allowed_sans: [a], min_version: TLS13, max_version: TLS12}`,
      [
        "FOLDER/web.yml:1: tls_server_config.cert_file: expected either cert or cert_file, not both",
        "FOLDER/web.yml:1: tls_server_config.client_allowed_sans: needs client_auth_type RequireAndVerifyClientCert, or clients connect without a certificate",
        "FOLDER/web.yml:1: tls_server_config.max_version: expected min_version or later, not TLS12",
      ],
    ],
    [
      "{cert_file: /dev/zero, key_file: .}",
      [
        "FOLDER/web.yml:1: tls_server_config.cert_file: expected a readable file /dev/zero, it is a pipe, a socket or a device",
        "FOLDER/web.yml:1: tls_server_config.key_file: expected a readable file FOLDER, it is a directory",
      ],
    ],
  ])("refuses what contradicts itself: %s", async (tls, expected) => {
    expect(await problems(`tls_server_config: ${tls}`, { "a.pem": "A" })).toEqual(expected);
  });

  test.each([
    ["no YAML", "a: b: c", /^FOLDER\/web.yml:1: expected YAML, /],
    ["a list", "- 1", /^FOLDER\/web.yml:1: expected a section with tls_server_config, /],
    [
      "a bomb of aliases",
      "a: &a [1]\nb: [*a, *a]",
      /^FOLDER\/web.yml:2: expected YAML, it holds an alias/,
    ],
    ["brackets without end", "[".repeat(60_000), /^FOLDER\/web.yml:1: expected YAML, /],
    ["a long text", "#".repeat(65_537), /^FOLDER\/web.yml:1: expected YAML, it is too long$/],
    [
      "a file that is too large",
      "#".repeat(1_048_577),
      /web.yml: expected a readable file, it is larger than 1 MiB$/,
    ],
    ["noise", "\u0000\u0007\ufffe", /^FOLDER\/web.yml:1: expected /],
    ["a user with a colon", `basic_auth_users: {"a:b": ${hash}}`, /user names without a colon$/],
    ["a key of the prototype", "__proto__: {a: 1}", /__proto__: unknown key/],
  ])("takes %s calmly", async (_, text, message) => {
    expect(await problems(text)).toEqual([expect.stringMatching(message)]);
  });

  test("does not wait for a pipe", async () => {
    const path = join(tempDirectory(), "pipe.yml");
    spawnSync("mkfifo", [path]);
    expect(await loadWebConfig(path)).toEqual({
      ok: false,
      problems: [`${path}: expected a readable file, it is a pipe, a socket or a device`],
      files: [path],
    });
  });
});
