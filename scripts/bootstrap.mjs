// Runs a script of this repository straight after `git clone`, on any Node from 18 on: installs the
// packages when they are missing or the lock file has changed, then starts the script on the Node
// that the lock file pins. Plain JavaScript, because that older Node reads it.

import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const scripts = {
  doctor: "scripts/doctor.ts",
  test: "scripts/test.ts",
  lab: "scripts/lab.ts",
  demo: "scripts/demo.ts",
  bench: "scripts/bench.ts",
  docs: "scripts/docs.ts",
  "new-check": "scripts/new-check.ts",
  record: "scripts/record.ts",
  qa: "scripts/qa.ts",
  package: "scripts/package.ts",
  release: "scripts/release.ts",
};
const oldestNode = 18;
const newestNeeded = 24;
const exitCodes = { usage: 64, failed: 70 };

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const pinnedNode = join(modules, `node-linux-${process.arch}`, "bin", "node");

const [name, ...args] = process.argv.slice(2);
const script = name === undefined ? undefined : scripts[name];
if (script === undefined) {
  stop(exitCodes.usage, `usage: node scripts/bootstrap.mjs ${Object.keys(scripts).join("|")}`);
}
if (majorOf(process.versions.node) < oldestNode) {
  stop(exitCodes.failed, `Node ${process.versions.node} is too old: ${oldestNode} or newer starts`);
}
if (!packagesAreInstalled()) installPackages();
process.exitCode = await run(nodeToUse(), [join(root, script), ...args]);

/** npm writes its hidden lock file last, so it is there and equal only after a whole install. */
function packagesAreInstalled() {
  const hiddenLock = join(modules, ".package-lock.json");
  if (!existsSync(hiddenLock)) return false;
  const installed = packagesOf(hiddenLock);
  return Object.entries(packagesOf(join(root, "package-lock.json"))).every(([path, entry]) => {
    if (path === "" || !isForThisMachine(entry)) return true;
    const found = installed[path];
    return found?.version === entry.version && found?.integrity === entry.integrity;
  });
}

function isForThisMachine({ optional, os, cpu, libc }) {
  if (optional !== true) return true;
  if (os === undefined && cpu === undefined) return false;
  const names = (list, own) => list === undefined || [list].flat().includes(own);
  return names(os, process.platform) && names(cpu, process.arch) && names(libc, "glibc");
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, "utf8")).packages ?? {};
  } catch {
    return {};
  }
}

function installPackages() {
  stopUnlessWritable();
  say("installing the packages that package-lock.json names (npm ci)");
  const [program, before] = npmCommand();
  const options = ["--include=dev", "--include=optional", "--ignore-scripts"];
  const quiet = ["--no-audit", "--no-fund", "--no-engine-strict", "--loglevel=error"];
  const npm = spawnSync(program, [...before, "ci", ...options, ...quiet], {
    cwd: root,
    env: {
      ...process.env,
      PATH: pathWithoutModules(),
      NODE_OPTIONS: `--require ${JSON.stringify(join(root, "scripts", "as-pinned-node.cjs"))}`,
    },
    // npm's words belong to progress: standard output is the report's.
    stdio: ["ignore", 2, 2],
  });
  if (npm.error !== undefined) {
    stop(
      exitCodes.failed,
      `npm does not start (${npm.error.message}): install Debian's package npm`,
    );
  }
  if (npm.status !== 0) {
    stop(
      exitCodes.failed,
      "npm ci failed, see its words above; it needs the npm registry (or a mirror, `npm config " +
        "set registry URL`) and room on the disk; then run the same command again",
    );
  }
  if (!packagesAreInstalled()) say("npm left packages out that this machine needs; going on");
  giveToOwnerOfCheckout();
}

function stopUnlessWritable() {
  const user = userInfo().username;
  try {
    accessSync(root, constants.W_OK);
    if (existsSync(modules)) accessSync(modules, constants.W_OK);
  } catch (error) {
    const reason = error.code === "EROFS" ? "it is on a read-only file system" : "it is another's";
    stop(
      exitCodes.failed,
      `the packages are missing or out of date in ${root}, and ${user} cannot write there ` +
        `(${reason}): clone the repository into a directory of your own, or have the owner of ` +
        "this one run `npm ci` in it once",
    );
  }
}

/** After `sudo npm …` the packages must not stay root's in another user's checkout. */
function giveToOwnerOfCheckout() {
  const { uid, gid } = statSync(root);
  if (process.getuid?.() !== 0 || uid === 0) return;
  spawnSync("chown", ["-R", "-h", `${uid}:${gid}`, modules], { stdio: ["ignore", 2, 2] });
}

/** The npm that started us, on its own Node; the pinned Node goes away while npm works. */
function npmCommand() {
  const script = process.env.npm_execpath;
  const node = process.env.npm_node_execpath;
  const usable = script?.endsWith("npm-cli.js") && node !== undefined && !isInModules(node);
  return usable ? [node, [script]] : ["npm", []];
}

function pathWithoutModules() {
  const entries = (process.env.PATH ?? "").split(delimiter);
  return entries.filter((entry) => !isInModules(entry)).join(delimiter);
}

function isInModules(path) {
  return path === modules || path.startsWith(`${modules}/`);
}

function nodeToUse() {
  if (existsSync(pinnedNode)) return pinnedNode;
  if (majorOf(process.versions.node) >= newestNeeded) return process.execPath;
  return stop(
    exitCodes.failed,
    `no pinned Node for ${process.platform} ${process.arch}: start this with Node ` +
      `${newestNeeded} or newer`,
  );
}

async function run(node, argv) {
  const path = [join(modules, ".bin"), dirname(node), pathWithoutModules()].join(delimiter);
  const child = spawn(node, argv, { stdio: "inherit", env: { ...process.env, PATH: path } });
  // A terminal's Ctrl-C reaches the script by itself; here we only stay until it has cleaned up.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on("error", (error) => {
      say(`${node} does not start: ${error.message}`);
      resolve(exitCodes.failed);
    });
    child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
}

function majorOf(version) {
  return Number.parseInt(version, 10);
}

function say(message) {
  process.stderr.write(`docknet: ${message}\n`);
}

function stop(code, message) {
  say(message);
  process.exit(code);
}
