import { noNativeNft } from "../../src/model/native-nft.ts";
import type { Sandbox } from "../../src/model/sandbox.ts";

/** The namespace of one container, in which nothing is. */
export function aSandbox(
  change: Partial<Omit<Sandbox, "parts">> & { readonly parts?: Partial<Sandbox["parts"]> } = {},
): Sandbox {
  const none = { state: "known", value: [] } as const;
  const absent = { state: "absent", reason: "there is no bridge in it" } as const;
  return {
    path: "/run/docker/netns/0123456789ab",
    role: "container",
    containers: ["web"],
    ...change,
    parts: {
      links: none,
      routes: none,
      routingRules: none,
      linkSettings: none,
      sysctls: { state: "known", value: {} },
      neighbours: none,
      bridgePorts: absent,
      fdb: absent,
      rulesets: none,
      nativeNft: { state: "known", value: noNativeNft },
      sockets: none,
      resolver: {
        state: "known",
        value: { nameservers: ["127.0.0.11"], search: [], options: [], sortList: [] },
      },
      ...change.parts,
    },
  };
}
