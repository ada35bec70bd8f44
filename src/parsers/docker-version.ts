import { z } from "zod";
import type { RunningDaemon } from "../model/docker.ts";
import { unparsable } from "../model/failure.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { listOf } from "./support/docker-fields.ts";
import { readJson } from "./support/json.ts";

const version = z.object({
  Version: z.string(),
  ApiVersion: z.string(),
  Components: listOf(z.object({ Name: z.string() })),
});

/** `GET /version`. An engine built without a version number counts as 0.0. */
export function parseDockerVersion(
  text: string,
): Parsed<Pick<RunningDaemon, "version" | "major" | "minor" | "apiVersion">> {
  const read = readJson(text, version);
  if (!read.ok) return read;
  const { Version, ApiVersion, Components } = read.value;
  // Podman speaks this API on Docker's socket, and builds its networks in another way.
  const other = Components.find(({ Name }) => Name.startsWith("Podman"));
  if (other !== undefined) {
    return { ok: false, failure: unparsable(`${other.Name} answered, which docknet cannot judge`) };
  }
  const [, major = "0", minor = "0"] = /^(\d+)\.(\d+)/.exec(Version) ?? [];
  return parsed({
    version: Version,
    major: Number(major),
    minor: Number(minor),
    apiVersion: ApiVersion,
  });
}
