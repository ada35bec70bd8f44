import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** Certificates in a folder: each as NAME.pem and NAME.key. */
export interface Certificates {
  readonly folder: string;
  /** One signed by the authority `ca`. */
  issue(name: string, subjectAltName: string): void;
  /** One that nobody signed but itself. */
  selfSigned(name: string): void;
}

/** A certificate authority `ca` in the folder. */
export function certificatesIn(folder: string): Certificates {
  const certificates: Certificates = {
    folder,
    issue(name, subjectAltName) {
      const extensions = join(folder, `${name}.ext`);
      writeFileSync(extensions, `subjectAltName=${subjectAltName}\n`);
      const request = ["req", "-new", ...newKey(folder, name), "-out", `${name}.csr`];
      openssl(folder, [...request, "-subj", `/CN=${name}`]);
      const signing = ["x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key"];
      const rest = ["-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", `${name}.pem`];
      openssl(folder, [...signing, ...rest]);
    },
    selfSigned(name) {
      const request = ["req", "-x509", ...newKey(folder, name), "-out", `${name}.pem`];
      openssl(folder, [...request, "-days", "2", "-subj", `/CN=${name}`]);
    },
  };
  certificates.selfSigned("ca");
  return certificates;
}

function newKey(folder: string, name: string): readonly string[] {
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  return [...curve, "-nodes", "-keyout", join(folder, `${name}.key`)];
}

function openssl(cwd: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync("openssl", args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`openssl ${args.join(" ")}: ${stderr}`);
}
