import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { mustCallDocker } from "./docker-api.ts";
import type { Lab } from "./lab.ts";
import type { LabHost } from "./lab-host.ts";
import { mustRun } from "./run-command.ts";

/** The only image of the lab. Its containers answer HTTP on 80/tcp and echo on 53/udp. */
export const labImage = "docknet-lab:latest";

/** Ports on which every container of the image listens. */
export const servicePorts = { http: 80, udpEcho: 53 } as const;

/** Where the image's tree lies in a lab's folder; clients on the LAN serve the same files. */
export function imageTree(lab: Lab): string {
  return join(lab.folder, "image");
}

/** Makes the image's tree and gives it as a tar; once per lab. */
export async function buildImage(lab: Lab): Promise<Buffer> {
  const tree = imageTree(lab);
  for (const folder of ["bin", "etc", "tmp", "www/cgi-bin", "srv", "proc", "sys", "dev"]) {
    mkdirSync(join(tree, folder), { recursive: true });
  }
  await copyBusybox(tree);
  await copyPerl(tree);
  writeFileSync(join(tree, "etc/passwd"), "root:x:0:0:root:/:/bin/sh\n");
  writeFileSync(join(tree, "www/index.html"), "docknet lab\n");
  const files = { "www/cgi-bin/client": "http-client.sh", "srv/udp-echo": "udp-echo.pl" };
  for (const [path, source] of Object.entries({ ...files, "srv/start": "container-start.sh" })) {
    copyFileSync(join(import.meta.dirname, "image", source), join(tree, path));
    chmodSync(join(tree, path), 0o755);
  }
  const tar = join(lab.folder, "image.tar");
  await mustRun(["tar", "-C", tree, "-cf", tar, "."]);
  return readFileSync(tar);
}

/** Gives the image to a host's engine. */
export async function importImage(host: LabHost, tar: Buffer): Promise<void> {
  const [repo, tag] = labImage.split(":");
  const change = encodeURIComponent('CMD ["/srv/start"]');
  const path = `/images/create?fromSrc=-&repo=${repo}&tag=${tag}&changes=${change}`;
  await mustCallDocker(host.socketPath, { method: "POST", path, body: tar });
}

async function copyBusybox(tree: string): Promise<void> {
  const program = (await mustRun(["sh", "-c", "command -v busybox"])).trim();
  copyFileSync(program, join(tree, "bin/busybox"));
  const applets = await mustRun([program, "--list"]);
  for (const applet of applets.split("\n")) {
    if (applet !== "" && applet !== "busybox") symlinkSync("busybox", join(tree, "bin", applet));
  }
}

// Busybox has no UDP server; Debian's essential perl-base has sockets.
async function copyPerl(tree: string): Promise<void> {
  const perl = "/usr/bin/perl";
  const linked = (await mustRun(["ldd", perl])).match(/\/\S+/g) ?? [];
  const report = 'print join "\\n", values %INC, map { @DynaLoader::dl_shared_objects } 1';
  const modules = await mustRun([perl, "-e", `use IO::Socket::INET; use Socket; ${report}`]);
  for (const path of [perl, ...linked, ...modules.split("\n")]) {
    mkdirSync(join(tree, dirname(path)), { recursive: true });
    copyFileSync(path, join(tree, path));
  }
}
