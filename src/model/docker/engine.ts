/**
 * What kind of engine answers on the Docker socket, as `GET /info` tells. A rootless engine keeps bridges and rules in a network
 * namespace of its own; a `desktop` one runs in a virtual machine that its product started.
 */
export type EngineKind =
  | { readonly kind: "plain" }
  | { readonly kind: "rootless" }
  | { readonly kind: "userns-remap" }
  | { readonly kind: "snap" }
  | {
      readonly kind: "desktop";
      readonly product: "Docker Desktop" | "OrbStack" | "Colima" | "Lima";
    };

/** A few words for an engine that is not plain. */
export function engineWords(engine: EngineKind): string | undefined {
  switch (engine.kind) {
    case "plain":
      return undefined;
    case "desktop":
      return engine.product;
    default:
      return engine.kind;
  }
}
