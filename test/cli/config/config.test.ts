import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { agentConfig } from "../../../src/cli/config/config.ts";
import { main } from "../../../src/cli/main.ts";
import { defaults } from "../../../src/config/defaults.ts";
import { configKeys } from "../../../src/config/keys.ts";
import { aWorld } from "../../support/a-world.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

/** What `docknet config …` says and ends with, with FOLDER in place of the folder. */
async function config(
  args: readonly string[],
  so: { readonly folder?: string; readonly env?: Readonly<Record<string, string>> } = {},
) {
  const { world, stdout, stderr } = aWorld(so.env === undefined ? {} : { env: so.env });
  const exitCode = await main(["node", "docknet", "config", ...args], world);
  const short = (text: string) => text.replaceAll(so.folder ?? "FOLDER", "FOLDER");
  return { exitCode, stdout: short(stdout()), stderr: short(stderr()) };
}

/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = tempDirectory();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe("docknet config check", () => {
  test("is content with a good file, and with the web.config.file that it names", async () => {
    const folder = folderWith({ "web.yml": "rate_limit: {interval: 1s, burst: 5}\n" });
    writeFileSync(
      join(folder, "docknet.yml"),
      `web: {configFile: ${join(folder, "web.yml")}}\nschedule: {every: 5m}\n`,
    );
    expect(await config(["check", join(folder, "docknet.yml")], { folder })).toEqual({
      exitCode: 0,
      stdout: "FOLDER/docknet.yml, FOLDER/web.yml: good, 2 keys are set\n",
      stderr: "",
    });
  });

  test("names file, line, key and what was expected, and ends with 78", async () => {
    const folder = folderWith({
      "docknet.yml": "web:\n  listenAdress: :1\nschedule:\n  every: 7s\n",
    });
    expect(await config(["check", join(folder, "docknet.yml")], { folder })).toEqual({
      exitCode: 78,
      stdout: "",
      stderr:
        'docknet: FOLDER/docknet.yml:4: schedule.every: expected a duration that divides a minute, an hour or a day evenly, such as 30s, 5m or 1h (or use cron), not "7s"\n'.replace(
          "docknet: ",
          "docknet: FOLDER/docknet.yml:2: web.listenAdress: unknown key, expected only listenAddresses, telemetryPath, configFile; did you mean listenAddresses?\n",
        ),
    });
  });

  test("looks into the web.config.file too", async () => {
    const folder = folderWith({ "web.yml": "\nbasic_auth_users: {a: geheim}\n" });
    writeFileSync(join(folder, "docknet.yml"), `web: {configFile: ${join(folder, "web.yml")}}`);
    const said = await config(["check", join(folder, "docknet.yml")], { folder });
    expect([said.exitCode, said.stderr]).toEqual([
      78,
      expect.stringMatching(
        /^docknet: FOLDER\/web.yml:2: basic_auth_users.a: expected a bcrypt hash/,
      ),
    ]);
    expect(said.stderr).not.toContain("geheim");
  });

  test("judges a named file without the environment, and what the agent would read with it", async () => {
    const folder = folderWith({ "docknet.yml": "" });
    const env = { DOCKNET_LOG_LEVEL: "loud" };
    expect([
      (await config(["check", join(folder, "docknet.yml")], { folder, env })).exitCode,
      (await config(["check"], { env })).exitCode,
      (await config(["check", join(folder, "gone.yml")], { folder })).stderr,
    ]).toEqual([0, 78, "docknet: FOLDER/gone.yml: expected a readable file, there is none\n"]);
  });

  test("warns of variables that no key has", async () => {
    const said = await config(["check"], { env: { DOCKNET_LOGLEVEL: "debug" } });
    expect(said.stdout).toContain("warning: DOCKNET_LOGLEVEL: no key has this variable\n");
  });
});

describe("docknet config show", () => {
  test("prints what holds and where it comes from", async () => {
    const folder = folderWith({
      "docknet.yml": 'log:\n  level: warn\nchecks:\n  ignore: ["bridge-down:link:br0"]\n',
    });
    const args = ["show", "--origin", "--config.file", join(folder, "docknet.yml")];
    const env = { DOCKNET_SCHEDULE_CRON: "*/5 * * * *", DOCKER_HOST: "unix:///run/x.sock" };
    const said = await config(
      [...args, "--web.listen-address", ":1", "--metrics.max-findings", "7"],
      {
        folder,
        env,
      },
    );
    expect(said).toEqual({
      exitCode: 0,
      stderr: "",
      stdout: `web:
  listenAddresses: [":1"]           # flag --web.listen-address
  telemetryPath: /metrics           # default
  configFile:                       # not set
schedule:
  every:                            # not set
  cron: "*/5 * * * *"               # variable DOCKNET_SCHEDULE_CRON
  jitter: 5s                        # default
docker:
  host: unix:///run/x.sock          # variable DOCKER_HOST
timeouts:
  run: 30s                          # default
  command: 10s                      # default
checks:
  only: []                          # default
  ignore: ["bridge-down:link:br0"]  # FOLDER/docknet.yml:4
metrics:
  maxFindings: 7                    # flag --metrics.max-findings
  maxSeriesPerFamily: 2000          # default
log:
  level: warn                       # FOLDER/docknet.yml:2
`,
    });
  });

  test("prints a file that means the same", async () => {
    const folder = folderWith({});
    const env = { DOCKNET_CHECKS_ONLY: "kernel,link", DOCKNET_WEB_CONFIG_FILE: "/a b: #c" };
    const { stdout } = await config(["show"], { env });
    const path = join(folder, "docknet.yml");
    writeFileSync(path, stdout);
    const [direct, again] = [
      await agentConfig({ settings: {} }, env),
      await agentConfig({ settings: {}, configFile: path }, {}),
    ];
    expect(again.ok && again.config).toEqual(direct.ok && direct.config);
  });

  test("ends with 64 for a bad flag and with 78 for a bad variable", async () => {
    expect([
      (await config(["show", "--log.level", "loud"])).exitCode,
      (await config(["show"], { env: { DOCKNET_LOG_LEVEL: "loud" } })).exitCode,
    ]).toEqual([64, 78]);
  });
});

describe("systemd/docknet.yml", () => {
  const text = readFileSync("systemd/docknet.yml", "utf8");

  test("sets nothing as it stands, and the defaults where every key is uncommented", async () => {
    const uncommented = configKeys.reduce(
      (yaml, { key }) => yaml.replace(`  # ${key.split(".")[1]}:`, `  ${key.split(".")[1]}:`),
      text,
    );
    const folder = folderWith({ "as-is.yml": text, "all.yml": uncommented });
    const read = (name: string) =>
      agentConfig({ settings: {}, configFile: join(folder, name) }, {});
    const [asIs, all] = [await read("as-is.yml"), await read("all.yml")];
    if (!asIs.ok || !all.ok) throw new Error("the example is good");
    expect([asIs.config, all.config]).toEqual([defaults, defaults]);
    const set = (origins: typeof all.origins) =>
      Object.values(origins).filter((origin) => origin !== "default").length;
    expect([set(asIs.origins), set(all.origins)]).toEqual([0, configKeys.length - 2]);
  });
});
