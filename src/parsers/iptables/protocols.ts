/** Names by number, and the one name of protocols that have two: /etc/protocols of the host decides which iptables prints. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["0", "all"],
  ["1", "icmp"],
  ["2", "igmp"],
  ["4", "ipencap"],
  ["6", "tcp"],
  ["17", "udp"],
  ["33", "dccp"],
  ["41", "ipv6"],
  ["47", "gre"],
  ["50", "esp"],
  ["51", "ah"],
  ["58", "ipv6-icmp"],
  ["112", "vrrp"],
  ["132", "sctp"],
  ["135", "ipv6-mh"],
  ["136", "udplite"],
  ["icmpv6", "ipv6-icmp"],
  ["mh", "ipv6-mh"],
]);

export function protocolName(text: string): string {
  return NAMES.get(text) ?? text;
}
