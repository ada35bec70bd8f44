import { labPackages, missingLabPackages } from "./debian-packages.ts";
import { succeeds } from "./run-program.ts";

/** What keeps the lab from running here, each a clause for the person who reads it. Looks only. */
export function missingForLab(wanted = labPackages): readonly string[] {
  if (process.getuid?.() !== 0) {
    return ["it runs Docker daemons in network namespaces, which needs root: sudo npm test"];
  }
  const packages = missingLabPackages(wanted).map(({ name, programs }) => `${programs} (${name})`);
  const missing = packages.length === 0 ? [] : [`programs are missing: ${packages.join(", ")}`];
  const options = ["--net", "--mount", "--propagation=unchanged", "--pid", "--fork"];
  if (!succeeds(["unshare", ...options, "true"]))
    missing.push("this root may not make namespaces (CAP_SYS_ADMIN)");
  return missing;
}
