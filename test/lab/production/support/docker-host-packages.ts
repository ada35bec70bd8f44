/** What a Docker host of Debian has: systemd, Docker, and the programs that docknet asks. */
export const dockerHostPackages = [
  "systemd-sysv",
  "curl",
  "docker.io",
  "iptables",
  "nftables",
  "iproute2",
  "procps",
  "bridge-utils",
  "conntrack",
  "ipset",
];
