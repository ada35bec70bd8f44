import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { type RequestOptions, request } from "node:https";
import { connect as connectPlainly, type Socket } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type ConnectionOptions, connect } from "node:tls";
import { hashSync } from "bcryptjs";
import { describe, expect, onTestFinished, test } from "vitest";
import { logfmtLog } from "../../../src/agent/log.ts";
import { startWebFront, type WebFront } from "../../../src/agent/web/web-front.ts";
import { certificatesIn, hasOpenssl } from "../../support/certificates.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const hash = hashSync("geheim", 4);

interface FrontUnderTest {
  readonly folder: string;
  readonly front: WebFront;
  readonly lines: readonly string[];
  /** Writes another web.config.file and reads it. */
  rewrite(yaml: string): Promise<void>;
  /** Status and body of an answer, or the error of the connection. */
  get(options?: RequestOptions): Promise<readonly [number, string] | string>;
}

/** A front with certificates of an authority: of the server, of a client, and of a stranger. */
async function aFront(yaml: string): Promise<FrontUnderTest> {
  const folder = tempDirectory();
  const certificates = certificatesIn(folder);
  certificates.issue("server", "DNS:localhost,IP:127.0.0.1");
  certificates.issue("client", "DNS:prometheus.example,URI:spiffe://a/b");
  certificates.selfSigned("stranger");
  const path = join(folder, "web.yml");
  writeFileSync(path, yaml);
  const lines: string[] = [];
  const started = await startWebFront({
    addresses: [{ text: "127.0.0.1:0", host: "127.0.0.1", tcpPort: 0 }],
    configFile: path,
    answer: ({ isAuthenticated }) => ({
      status: 200,
      headers: { "X-Content-Type-Options": "nosniff" },
      body: isAuthenticated ? "known" : "anonymous",
    }),
    onReload: async () => undefined,
    swiftly: (work) => work(),
    log: logfmtLog({ write: (line) => lines.push(line), now: () => "", level: () => "info" }),
  });
  if (!started.ok) throw new Error(started.problems.join("\n"));
  const { front } = started;
  onTestFinished(() => front.close(0));
  return {
    folder,
    front,
    lines,
    async rewrite(next) {
      writeFileSync(path, next);
      await front.reload();
    },
    get: (options = {}) => answered(front.urls[0] ?? "", { ca: pem(folder, "ca"), ...options }),
  };
}

const pem = (folder: string, name: string): Buffer => readFileSync(join(folder, `${name}.pem`));

/** The options of a client that shows this certificate. */
const as = (folder: string, name: string): RequestOptions => ({
  cert: pem(folder, name),
  key: readFileSync(join(folder, `${name}.key`)),
});

function answered(url: string, options: RequestOptions) {
  return new Promise<readonly [number, string] | string>((resolve) => {
    const sent = request(url, { agent: false, ...options }, (answer) => {
      void text(answer).then((body) => resolve([answer.statusCode ?? 0, body.trim()]));
    });
    sent.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.end();
  });
}

/** What a client and the server agree on. */
function handshake(front: WebFront, options: ConnectionOptions) {
  return new Promise<readonly [string | null, string, string] | "refused">((resolve) => {
    const socket = connect({
      port: Number(new URL(front.urls[0] ?? "").port),
      host: "127.0.0.1",
      rejectUnauthorized: false,
      ...options,
    });
    socket.on("error", () => resolve("refused"));
    socket.on("secureConnect", () => {
      const { subject } = socket.getPeerCertificate();
      resolve([socket.getProtocol(), socket.getCipher().name, String(subject.CN)]);
      socket.destroy();
    });
  });
}

const tls = "cert_file: server.pem, key_file: server.key";

describe.skipIf(!hasOpenssl)("a front with TLS", () => {
  test("serves with its certificate, and tells when that ends", async () => {
    const { front, get } = await aFront(`tls_server_config: {${tls}}`);
    expect([await get(), await get({ ca: "" }), front.urls[0]]).toEqual([
      [200, "anonymous"],
      expect.stringMatching(/CERT|SIGNATURE|ISSUER/),
      expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
    ]);
    const { certificateNotAfter = 0, isConfigReloaded } = front.readings();
    expect([
      isConfigReloaded,
      Math.round((certificateNotAfter - Date.now() / 1_000) / 86_400),
    ]).toEqual([true, 2]);
  });

  test("keeps to the versions and suites that the file names", async () => {
    const { front } = await aFront(
      `tls_server_config: {${tls}, max_version: TLS12, cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]}`,
    );
    expect([
      await handshake(front, {}),
      await handshake(front, { minVersion: "TLSv1.3" }),
      await handshake(front, { ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256", maxVersion: "TLSv1.2" }),
    ]).toEqual([["TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384", "server"], "refused", "refused"]);
  });

  test("leaves TLS 1.3 on where only suites of 1.2 are named, as Go does", async () => {
    const { front } = await aFront(
      `tls_server_config: {${tls}, cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]}`,
    );
    expect([
      (await handshake(front, {}))[0],
      (await handshake(front, { maxVersion: "TLSv1.2" }))[1],
    ]).toEqual(["TLSv1.3", "ECDHE-ECDSA-AES256-GCM-SHA384"]);
  });

  test.each([
    ["NoClientCert", "", "200 anonymous", "200 anonymous", "200 anonymous"],
    ["RequestClientCert", "", "200 anonymous", "200 anonymous", "200 anonymous"],
    ["RequireAnyClientCert", "", "403", "200 anonymous", "200 anonymous"],
    ["VerifyClientCertIfGiven", "ca", "200 anonymous", "200 known", "403"],
    ["RequireAndVerifyClientCert", "ca", "cut", "200 known", "cut"],
  ])("asks for certificates as %s says", async (...row) => {
    const [kind, ca, none, client, stranger] = row;
    const authority = ca === "" ? "" : ", client_ca_file: ca.pem";
    const { folder, get } = await aFront(
      `tls_server_config: {${tls}, client_auth_type: ${kind}${authority}}`,
    );
    const seen = async (options: RequestOptions) => {
      const told = await get(options);
      if (typeof told === "string") return "cut";
      return told[0] === 200 ? told.join(" ") : String(told[0]);
    };
    expect([
      await seen({}),
      await seen(as(folder, "client")),
      await seen(as(folder, "stranger")),
    ]).toEqual([none, client, stranger]);
  });

  test("lets in only certificates with one of the names", async () => {
    const config = (name: string) =>
      `tls_server_config: {${tls}, client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem, client_allowed_sans: ["${name}"]}`;
    const { folder, get, rewrite } = await aFront(config("spiffe://a/b"));
    const client = as(folder, "client");
    const first = await get(client);
    await rewrite(config("example"));
    expect([first, await get(client)]).toEqual([
      [200, "known"],
      [403, "the client certificate has none of the names that may"],
    ]);
  });

  test("shows another certificate as soon as its file has changed, without a restart", async () => {
    const { folder, front, lines } = await aFront(`tls_server_config: {${tls}}`);
    const before = await handshake(front, {});
    const certificates = certificatesIn(folder);
    certificates.issue("next", "DNS:localhost");
    writeFileSync(join(folder, "server.pem"), pem(folder, "next"));
    await front.reload();
    const halfWay = [await handshake(front, {}), front.readings().isConfigReloaded];
    writeFileSync(join(folder, "server.key"), readFileSync(join(folder, "next.key")));
    await front.reload();
    expect([
      before,
      halfWay,
      await handshake(front, {}),
      front.readings().isConfigReloaded,
    ]).toEqual([
      [expect.anything(), expect.anything(), "server"],
      [[expect.anything(), expect.anything(), "server"], false],
      [expect.anything(), expect.anything(), "next"],
      true,
    ]);
    expect(lines.filter((line) => line.includes("level=error"))).toEqual([
      expect.stringMatching(
        /old one stays" problem=".*web.yml: tls_server_config: key does not belong to cert"/,
      ),
    ]);
  });

  test("begins to ask for certificates when the file does, and holds old connections to it", async () => {
    const { folder, get, rewrite } = await aFront(`tls_server_config: {${tls}}`);
    const before = await get();
    await rewrite(
      `tls_server_config: {${tls}, client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem}`,
    );
    expect([before, typeof (await get()), await get(as(folder, "client"))]).toEqual([
      [200, "anonymous"],
      "string",
      [200, "known"],
    ]);
  });

  test("keeps the old file while the new one is broken, gone, or without TLS, and says so", async () => {
    const { folder, front, get, lines, rewrite } = await aFront(`tls_server_config: {${tls}}`);
    const seen: unknown[] = [];
    for (const yaml of [
      "tls_server_config: [",
      "",
      `tls_server_config: {${tls}, min_version: TLS9}`,
    ]) {
      await rewrite(yaml);
      seen.push([await get(), front.readings().isConfigReloaded]);
    }
    rmSync(join(folder, "web.yml"));
    await front.reload();
    seen.push([await get(), front.readings().isConfigReloaded]);
    await rewrite(`tls_server_config: {${tls}}`);
    expect([seen, front.readings().isConfigReloaded]).toEqual([
      Array.from({ length: 4 }, () => [[200, "anonymous"], false]),
      true,
    ]);
    const problems = lines.flatMap((line) => /problem="(.*)"\n/.exec(line)?.[1] ?? []);
    expect(problems.map((problem) => problem.replaceAll(`${folder}/`, ""))).toEqual([
      expect.stringMatching(/^web.yml:1: expected YAML, /),
      "tls_server_config is gone: restart the agent for that",
      expect.stringMatching(/^web.yml:1: tls_server_config.min_version: expected one of/),
      "web.yml: expected a readable file, there is none",
    ]);
  });

  test("cuts off who speaks no TLS, and goes on serving", async () => {
    const { front, get } = await aFront(`tls_server_config: {${tls}}`);
    const plain = await fetch((front.urls[0] ?? "").replace("https", "http")).catch(() => "cut");
    expect([plain, await get()]).toEqual(["cut", [200, "anonymous"]]);
  });

  test("cuts off who begins a handshake or a request and does not go on", async () => {
    const { front, get } = await aFront(`tls_server_config: {${tls}}`);
    const port = Number(new URL(front.urls[0] ?? "").port);
    const endOf = (socket: Socket) =>
      new Promise((resolve) => {
        socket.on("error", () => undefined);
        socket.on("close", () => resolve("cut"));
        socket.resume();
      });
    const silent = connectPlainly(port, "127.0.0.1");
    const slow = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
    slow.on("secureConnect", () => slow.write("GET /metrics HTTP/1.1\r\nHost: x\r\nX-Half: "));
    const since = performance.now();
    expect(await Promise.all([endOf(silent), endOf(slow)])).toEqual(["cut", "cut"]);
    expect(performance.now() - since).toBeLessThan(15_000);
    expect(await get()).toEqual([200, "anonymous"]);
  }, 30_000);

  test.each([
    ["no certificate", { "server.pem": "nothing" }, /cert holds no certificate that can be read$/],
    ["no key", { "server.key": "nothing" }, /key holds no private key that can be read$/],
    [
      "an encrypted key",
      {
        "server.key":
          "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
      },
      /key is encrypted, and there is nobody to ask for its password/,
    ],
  ])("does not start with %s", async (_, files, message) => {
    const folder = tempDirectory();
    certificatesIn(folder).issue("server", "DNS:localhost");
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    writeFileSync(join(folder, "web.yml"), `tls_server_config: {${tls}}`);
    const started = await startWebFront({
      addresses: [],
      configFile: join(folder, "web.yml"),
      answer: () => ({ status: 200, headers: {}, body: "" }),
      onReload: async () => undefined,
      swiftly: (work) => work(),
      log: logfmtLog({ write: () => undefined, now: () => "", level: () => "info" }),
    });
    expect(started).toEqual({ ok: false, problems: [expect.stringMatching(message)] });
  });
});

describe.skipIf(!hasOpenssl)("a front with passwords", () => {
  const config = `tls_server_config: {${tls}}
basic_auth_users: {prometheus: "${hash}"}
http_server_config: {headers: {Strict-Transport-Security: max-age=60, X-Content-Type-Options: ""}}`;

  test("serves who has one, counts who has not, and never blocks the known for the unknown", async () => {
    const { front, get } = await aFront(config);
    const known = await get({ auth: "prometheus:geheim" });
    const floods = await Promise.all(
      Array.from({ length: 200 }, (_, index) => get({ auth: `prometheus:${index}` })),
    );
    const after = await get({ auth: "prometheus:geheim" });
    const statuses = floods.map((told) => (typeof told === "string" ? told : told[0]));
    expect([known, after, [...new Set(statuses)].toSorted()]).toEqual([
      [200, "known"],
      [200, "known"],
      [401, 429],
    ]);
    expect(await get()).toEqual([401, "a user and a password are required"]);
    const { refusals } = front.readings();
    expect([
      refusals.no_password,
      (refusals.wrong_password ?? 0) + (refusals.busy ?? 0),
      (refusals.busy ?? 0) > 100,
    ]).toEqual([1, 200, true]);
  });

  test("takes another password as soon as the file has it, and the old one no more", async () => {
    const { get, rewrite } = await aFront(config);
    const before = await get({ auth: "prometheus:geheim" });
    await rewrite(config.replace(hash, hashSync("neu", 4)));
    const told = [await get({ auth: "prometheus:geheim" }), await get({ auth: "prometheus:neu" })];
    expect([before, ...told]).toEqual([
      [200, "known"],
      [401, "the user or the password is wrong"],
      [200, "known"],
    ]);
  });
});
