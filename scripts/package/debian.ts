import {
  chmodSync,
  copyFileSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { runProgram } from "../run-program.ts";
import { bashCompletion } from "./completion.ts";
import { manPage } from "./man-page.ts";

export interface DebianRequest {
  readonly version: string;
  /** As Debian calls it: amd64, arm64. */
  readonly architecture: string;
  readonly executable: string;
  readonly scratch: string;
  readonly outputFile: string;
  /** Day of the release, YYYY-MM-DD. */
  readonly date: string;
  /** Hardly compressed: for tests. */
  readonly isQuick: boolean;
}

/** Commands that docknet runs, by the packages that bring them; what is missing is told, not needed. */
const recommends = "iproute2, iptables, nftables, procps, bridge-utils, conntrack";

/** Lays the tree out and packs it; the same input gives the same bytes. */
export async function makeDebianPackage(request: DebianRequest): Promise<void> {
  const root = join(request.scratch, `deb-${request.architecture}`);
  rmSync(root, { recursive: true, force: true });
  const put = (path: string, content: string | Buffer, mode = 0o644): void => {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
    writeFileSync(target, content);
    chmodSync(target, mode);
  };
  mkdirSync(join(root, "usr/bin"), { recursive: true });
  copyFileSync(request.executable, join(root, "usr/bin/docknet"));
  chmodSync(join(root, "usr/bin/docknet"), 0o755);
  put("usr/lib/systemd/system/docknet.service", readFileSync("systemd/docknet.service"));
  put("usr/lib/sysusers.d/docknet.conf", readFileSync("systemd/docknet.sysusers"));
  put("usr/share/doc/docknet/examples/lean.conf", readFileSync("systemd/lean/lean.conf"));
  put("etc/default/docknet", readFileSync("systemd/docknet.default"));
  put("etc/docknet/docknet.yml", readFileSync("systemd/docknet.yml"));
  put("usr/share/man/man1/docknet.1.gz", zipped(manPage(request)));
  put("usr/share/bash-completion/completions/docknet", bashCompletion());
  put("usr/share/doc/docknet/copyright", copyright);
  put("usr/share/doc/docknet/changelog.gz", zipped(debianChangelog(request)));
  put("usr/share/doc/docknet/NEWS.md.gz", zipped(readFileSync("CHANGELOG.md", "utf8")));
  put("usr/share/lintian/overrides/docknet", lintianOverrides);
  for (const path of globSync("dashboards/**/*.{yml,json}")) {
    put(join("usr/share/docknet", path), readFileSync(path));
  }
  put("DEBIAN/control", control(request, installedKibibytes(root)));
  // Where Docker comes after docknet, the agent may read its socket from then on.
  const paths = ["/usr/bin/dockerd", "/usr/sbin/dockerd"];
  put("DEBIAN/triggers", paths.map((path) => `interest-noawait ${path}\n`).join(""));
  put("DEBIAN/conffiles", "/etc/default/docknet\n/etc/docknet/docknet.yml\n");
  for (const name of ["postinst", "prerm", "postrm"]) {
    put(`DEBIAN/${name}`, readFileSync(`systemd/debian/${name}`), 0o755);
  }
  const compression = request.isQuick ? ["-Zgzip", "-z1"] : ["-Zxz", "-z6"];
  const command = [
    "dpkg-deb",
    "--root-owner-group",
    ...compression,
    "-b",
    root,
    request.outputFile,
  ];
  const exitCode = await runProgram(command as [string, ...string[]], {
    SOURCE_DATE_EPOCH: String(Date.parse(request.date) / 1_000),
  });
  if (exitCode !== 0) throw new Error(`dpkg-deb ended with ${exitCode}`);
}

function installedKibibytes(root: string): number {
  const files = globSync(join(root, "**/*"), { withFileTypes: true }).filter((one) => one.isFile());
  return files.reduce(
    (sum, file) => sum + Math.ceil(statSync(join(file.parentPath, file.name)).size / 1024),
    0,
  );
}

function zipped(text: string): Buffer {
  return gzipSync(text, { level: 9 });
}

function control({ version, architecture }: DebianRequest, kibibytes: number): string {
  return `Package: docknet
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Section: net
Priority: optional
Installed-Size: ${kibibytes}
Depends: adduser, libc6 (>= 2.28), libgcc-s1 | libgcc1, libstdc++6
Recommends: ${recommends}
Suggests: docker.io | docker-ce, prometheus
Homepage: https://github.com/docknet/docknet
Description: networking of a Docker host, examined and exported
 docknet reads what the kernel, the firewall and Docker say about the network
 of this host, works out which of the packets that Docker promised to carry
 would get through, and names the rule, the setting or the link that stops the
 others, with the remedy. An agent serves the same to Prometheus.
 .
 It only reads, and listens on the loopback address unless told otherwise.
`;
}

const maintainer = "docknet developers <docknet@users.noreply.github.com>";

function debianChangelog({ version, date }: DebianRequest): string {
  const day = new Date(date).toUTCString().replace("GMT", "+0000");
  const what = "  * What changed is in NEWS.md.gz beside this file.";
  return `docknet (${version}) stable; urgency=medium\n\n${what}\n\n -- ${maintainer}  ${day}\n`;
}

const copyright = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: docknet

Files: *
Copyright: 2026 docknet developers
License: Apache-2.0
 On Debian systems the text of the Apache License, Version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.
`;

/** The executable is Node with a script in it: what is not ours to change, with the reason. */
const lintianOverrides = `# The executable is Node.js with the program inside; it carries OpenSSL, zlib and others as Node's own build does.
docknet: embedded-library
# Stripped before the program is put in: a tool that strips it again would lose the program.
docknet: unstripped-binary-or-object
# Node's own build of itself is no position-independent executable.
docknet: hardening-no-pie
# Without reset-failed a unit that failed stays listed after its package is gone; deb-systemd-invoke does not know it.
docknet: maintainer-script-calls-systemctl *
`;
