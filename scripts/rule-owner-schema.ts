import { z } from "zod";

/** Whose a rule is, as a finding's evidence says it. */
export const ruleOwner = z
  .object({
    kind: z.enum([
      "docker",
      "docker-user",
      "ufw",
      "firewalld",
      "libvirt",
      "incus",
      "lxd",
      "fail2ban",
      "kube-proxy",
      "cni",
      "calico",
      "cilium",
      "flannel",
      "weave",
      "netavark",
      "tailscale",
      "crowdsec",
      "sshguard",
      "wg-quick",
      "native-nftables",
    ]),
    name: z.string(),
    changeWith: z.string().exactOptional().describe("what to use instead of changing it by hand"),
    keptIn: z.string().exactOptional().describe("where a change lasts"),
  })
  .exactOptional()
  .describe("who keeps the rule, where its chain, table or comment tells");
