import { configKeys, fallbackOf } from "../src/config/keys.ts";
import { flagsLayer } from "../src/config/layer.ts";

/** docs/configuration.md, from the table of keys; what is expected of a value is what its message says. */
export function configurationPage(): string {
  const rows = configKeys.map(({ key, flag, variable, help, fallback }) => {
    const value = fallback === "" ? "–" : `\`${fallback}\``;
    return `| \`${key}\` | ${cell(help)} | ${cell(expectedOf(key))} | ${value} | \`${flag}\`<br>\`${variable}\` |`;
  });
  return `# Configuration of the agent

Each key can stand in \`/etc/docknet/docknet.yml\` (or the file after \`--config.file\`), in the environment, and after a flag of
\`docknet agent\`. Flags win over the environment, the environment over the file, the file over the defaults. A list is separated by commas
in a variable; a flag is repeated. SIGHUP (\`systemctl reload docknet\`) reads everything again; new listen addresses and another
\`web.configFile\` need a restart.

\`\`\`sh
docknet config check                 # what the agent would read: ends with 0, or with 78 and each problem with file, line and key
docknet config check docknet.yml     # a file by itself, and the web.config.file that it names
docknet config show --origin         # what holds, and where each value comes from
\`\`\`

| key | meaning | expected | default | flag and variable |
| --- | --- | --- | --- | --- |
${rows.join("\n")}

\`DOCKER_HOST\` counts for \`docker.host\` where nothing else sets it. A key that docknet does not know, and a value that is none, is an
error: the agent does not start (78), and on a reload the old configuration stays.

## The web.config.file

The file that \`web.configFile\` names has the format of Prometheus's exporter-toolkit, with these keys:

| key | meaning |
| --- | --- |
${webKeys.map(([key, meaning]) => `| \`${key}\` | ${cell(meaning)} |`).join("\n")}

How to use it: [operate.md](operate.md#let-others-in-tls-and-passwords).
`;
}

const webKeys: readonly (readonly [key: string, meaning: string])[] = [
  ["tls_server_config.cert_file, key_file", "PEM; or `cert` and `key` with the text itself"],
  ["tls_server_config.client_ca_file", "who may have signed clients' certificates; or `client_ca`"],
  [
    "tls_server_config.client_auth_type",
    "NoClientCert, RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven or RequireAndVerifyClientCert",
  ],
  ["tls_server_config.client_allowed_sans", "a client's certificate needs one of these names"],
  ["tls_server_config.min_version, max_version", "TLS12 or TLS13"],
  [
    "tls_server_config.cipher_suites, curve_preferences",
    "Go's names; those of TLS 1.3 are always offered",
  ],
  ["tls_server_config.prefer_server_cipher_suites", "true unless it says false"],
  ["http_server_config.http2", "true is a warning: docknet speaks HTTP/1.1"],
  [
    "http_server_config.headers",
    "Content-Security-Policy, X-Frame-Options, X-Content-Type-Options, X-XSS-Protection, Strict-Transport-Security",
  ],
  ["basic_auth_users", "users and their bcrypt hashes, of a cost up to 15"],
  ["rate_limit.interval, burst", "a bucket of `burst` requests that gets one more each interval"],
];

/** systemd/docknet.yml: every key with its default, to be uncommented. */
export function exampleConfig(): string {
  const sections = Map.groupBy(configKeys, ({ key }) => key.split(".")[0] ?? "");
  const blocks = [...sections].map(([section, keys]) => {
    const lines = keys.map((key) => {
      const fallback = fallbackOf(key);
      const value = fallback === undefined ? "" : ` ${JSON.stringify(fallback)}`;
      return `  # ${key.help}\n  # ${key.key.slice(section.length + 1)}:${value}`;
    });
    return `${section}:\n${lines.join("\n")}\n`;
  });
  return `# Configuration of \`docknet agent\`; made by \`npm run docs\`. Each key stands here with its default: take away its # to change it.
# Flags win over the environment (DOCKNET_…), the environment over this file. \`docknet config check\` says what is wrong,
# \`systemctl reload docknet\` reads it again.

${blocks.join("\n")}`;
}

/** What the message of a bad value says: no second list to keep. */
function expectedOf(key: string): string {
  const outcome = flagsLayer({ [key]: key.startsWith("checks.") ? "" : "\0" });
  const [problem = ""] = outcome.ok ? [] : outcome.problems;
  return /: expected (.*), not /.exec(problem)?.[1] ?? "";
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
