/** Who keeps a chain, a table or a rule of the firewall, and so where a change of it lasts. */
export interface RuleOwner {
  readonly kind: OwnerKind;
  /** As a sentence shows it. */
  readonly name: string;
  /** What to use instead of changing the rule by hand; absent where docknet cannot tell. */
  readonly changeWith?: string;
  /** Where it keeps what it makes its rules of, so that a change there lasts. */
  readonly keptIn?: string;
}

export type OwnerKind =
  | "docker"
  | "docker-user"
  | "ufw"
  | "firewalld"
  | "libvirt"
  | "incus"
  | "lxd"
  | "fail2ban"
  | "kube-proxy"
  | "cni"
  | "calico"
  | "cilium"
  | "flannel"
  | "weave"
  | "netavark"
  | "tailscale"
  | "crowdsec"
  | "sshguard"
  | "wg-quick"
  | "native-nftables";
