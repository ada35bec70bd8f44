import type { EngineKind } from "../../model/docker/engine.ts";

/** Fields of `GET /info` that tell what kind of engine it is. */
export interface EngineSigns {
  readonly hostname: string;
  readonly operatingSystem?: string | undefined;
  readonly securityOptions: readonly string[];
  readonly dockerRootDir?: string | undefined;
}

/** https://docs.docker.com/engine/security/rootless/, …/userns-remap/; names as the products' own documentation has them. */
export function engineKindOf(signs: EngineSigns): EngineKind {
  if (hasOption(signs, "rootless")) return { kind: "rootless" };
  const product = productOf(signs);
  if (product !== undefined) return { kind: "desktop", product };
  if (signs.dockerRootDir?.startsWith("/var/snap/docker/") === true) return { kind: "snap" };
  return hasOption(signs, "userns") ? { kind: "userns-remap" } : { kind: "plain" };
}

type Product = Extract<EngineKind, { readonly kind: "desktop" }>["product"];

function productOf({ hostname, operatingSystem }: EngineSigns): Product | undefined {
  if (operatingSystem === "Docker Desktop" || hostname === "docker-desktop")
    return "Docker Desktop";
  if (operatingSystem === "OrbStack") return "OrbStack";
  if (/^colima(?:-|$)/.test(hostname)) return "Colima";
  return hostname.startsWith("lima-") ? "Lima" : undefined;
}

function hasOption({ securityOptions }: EngineSigns, name: string): boolean {
  return securityOptions.some((option) => option.split(",").includes(`name=${name}`));
}
