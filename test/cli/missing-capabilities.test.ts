import { describe, expect, test } from "vitest";
import { missingCapabilities } from "../../src/cli/missing-capabilities.ts";
import { collectors } from "../../src/collectors/index.ts";
import type { Access } from "../../src/model/reading/access.ts";

const reads: readonly Access[] = [
  { what: "ip -j addr", needs: [], withoutIt: "links", loses: "fact" },
  { what: "iptables-save", needs: ["CAP_NET_ADMIN"], withoutIt: "rules", loses: "fact" },
  { what: "nft", needs: ["CAP_NET_ADMIN"], withoutIt: "tables", loses: "fact" },
  { what: "ip6tables-save", needs: ["CAP_NET_ADMIN"], withoutIt: "rules", loses: "fact" },
  {
    what: "ss -p",
    needs: ["CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"],
    withoutIt: "owners",
    loses: "part",
  },
  { what: "GET /info", needs: ["group docker"], withoutIt: "the daemon", loses: "fact" },
];
const status = (effective: string) => `Name:\tdocknet\nCapPrm:\tffff\nCapEff:\t${effective}\n`;

describe("missing capabilities", () => {
  test("are none for root and for the service's full profile", () => {
    expect(missingCapabilities(status("000001ffffffffff"), reads)).toEqual([]);
    const every: readonly Access[] = collectors.flatMap((one) => one.reads);
    expect(missingCapabilities(status("0000000000283004"), every)).toEqual([]);
  });

  test("are told once each, with everything that they cost", () => {
    expect(missingCapabilities(status("0000000000000000"), reads)).toEqual([
      { capability: "CAP_DAC_READ_SEARCH", without: "owners" },
      { capability: "CAP_NET_ADMIN", without: "rules; tables" },
      { capability: "CAP_SYS_PTRACE", without: "owners" },
    ]);
    expect(missingCapabilities(status("0000000000003004"), reads)).toEqual([
      { capability: "CAP_SYS_PTRACE", without: "owners" },
    ]);
  });

  test("are unknown, not all, where the kernel does not name the set", () => {
    expect(missingCapabilities("Name:\tdocknet\n", reads)).toEqual([]);
  });
});
