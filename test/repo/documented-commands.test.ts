import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { documentedCommands } from "../../scripts/docs/documented-commands.ts";

/** The test that runs a command of the pages, and how one sees in its text that it does. */
interface Proof {
  readonly test: string;
  readonly sign: string;
}

const production = (name: string, sign: string): Proof => ({
  test: `test/lab/production/${name}.lab.test.ts`,
  sign,
});
const ofInstallPage = (name: string, start: string): Proof =>
  production(name, `"docs/install.md", "${start}`);
const everyOne = (page: string): Proof => production("service", `documentedCommandsOf("${page}")`);
const byHand = production("by-hand", 'documentedCommandsOf("docs/install.md")');
const inContainer = (start: string): Proof => production("container", `"${start}"`);
const agentOnHost: Proof = { test: "test/lab/support/agent.ts", sign: 'cli, "agent", ...args' };

/** Every command of the pages by its first words. */
const proofs: Readonly<Record<string, Readonly<Record<string, Proof>>>> = {
  "README.md": {
    "npm run doctor": {
      test: "test/lab/production/checkout.lab.test.ts",
      sign: '"README.md", "npm run doctor"',
    },
    "npm test": { test: ".ci/run", sign: "exec npm test" },
    "docknet agent": agentOnHost,
  },
  "docs/configuration.md": { "docknet config": everyOne("docs/configuration.md") },
  "docs/install.md": {
    "sha256sum --check": ofInstallPage("packages", "sha256sum"),
    "apt-get install": ofInstallPage("service", "apt-get install"),
    "install -m 0755": byHand,
    "install -m 0644": byHand,
    useradd: byHand,
    usermod: byHand,
    "systemctl enable": byHand,
    "docker import": inContainer("docker import"),
    "docker run": inContainer("docker run"),
    "docker stack deploy": inContainer("docker stack deploy"),
    "npm install --global": ofInstallPage("packages", "npm install"),
    "systemctl restart docknet": ofInstallPage("service", "systemctl restart"),
    "apt-get remove": ofInstallPage("install", "apt-get remove"),
    "apt-get purge": ofInstallPage("install", "apt-get purge"),
  },
  "docs/operate.md": {
    "systemctl status docknet": production("service", '"docs/operate.md", "systemctl status"'),
    "systemctl reload docknet": production("service", '"docs/operate.md", "systemctl reload"'),
    "printf 'DOCKNET_WEB_CONFIG_FILE": production("service", '"docs/operate.md", "printf"'),
  },
  "docs/security.md": {
    "mkdir -p /etc/systemd/system/docknet.service.d": everyOne("docs/security.md"),
    "cp /usr/share/doc/docknet/examples/lean.conf": everyOne("docs/security.md"),
    "systemctl daemon-reload": everyOne("docs/security.md"),
    "rm /etc/systemd/system/docknet.service.d/lean.conf": everyOne("docs/security.md"),
  },
  "docs/troubleshooting.md": {
    "systemctl status docknet": everyOne("docs/troubleshooting.md"),
    "journalctl --unit docknet": everyOne("docs/troubleshooting.md"),
    "curl --silent http://127.0.0.1:10323/metrics": everyOne("docs/troubleshooting.md"),
    "docknet doctor --verbose": everyOne("docs/troubleshooting.md"),
  },
};

const pages = ["README.md", ...globSync("docs/*.md")].sort();
const found = pages.flatMap((page) =>
  documentedCommands(readFileSync(page, "utf8")).map((command) => ({ page, command })),
);

describe("each command of the pages", () => {
  test.each(found)("is run by a test: $page: $command", ({ page, command }) => {
    const proof = Object.entries(proofs[page] ?? {}).find(([start]) => command.startsWith(start));
    expect(proof?.[0], "nobody runs it: add a test, and its line in this table").toBeDefined();
    const { test: path, sign } = proof?.[1] ?? { test: "package.json", sign: "" };
    expect(readFileSync(path, "utf8")).toContain(sign);
  });

  test("has its line in the table, and no line is left over", () => {
    const left = Object.entries(proofs).flatMap(([page, starts]) =>
      Object.keys(starts)
        .filter((start) => !found.some((one) => one.page === page && one.command.startsWith(start)))
        .map((start) => `${page}: ${start}`),
    );
    expect(left).toEqual([]);
  });
});

describe("documented commands", () => {
  test("are the lines of sh blocks alone, joined, without remarks", () => {
    const page = [
      "```sh",
      "# a remark",
      "npm test   # runs every test",
      "docker run \\",
      "  --rm x",
      "",
      "```",
      "```",
      "not a command",
      "```",
    ].join("\n");
    expect(documentedCommands(page)).toEqual(["npm test", "docker run --rm x"]);
  });
});
