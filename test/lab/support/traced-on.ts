import type { FaultTrace } from "../../support/lab-faults.ts";
import { docknetOn } from "./docknet.ts";
import type { LabHost } from "./lab-host.ts";

/** What `docknet trace` says of a path on a host, in one sentence. */
export async function tracedOn(
  host: LabHost,
  { from, to, protocol = "tcp" }: Omit<FaultTrace, "says">,
): Promise<string> {
  const asked = ["--from", from, "--to", to, "--proto", protocol, "--format", "json"];
  const { code, stdout, stderr } = await docknetOn(host, ["trace", ...asked]);
  if (!stdout.startsWith("{")) throw new Error(`${host.name}: trace ended with ${code}: ${stderr}`);
  const report: { readonly sentence: string } = JSON.parse(stdout);
  return report.sentence;
}
