/** What a text is, by the key that it stands under. */
export type TextKind =
  | "kept"
  | "emptied"
  | "name"
  | "link"
  | "chain"
  | "table"
  | "remark"
  | "sentence"
  | "image"
  | "network-mode"
  | "path"
  | "any";

/** What the keys of a map are, by the key that the map stands under: they are a person's words, not the format's. */
export type KeyKind = "name" | "label" | "option" | "sysctl" | "port";

/** Keys of iproute2, nft and Docker whose texts are not told by their shape. What is not here is `any`. */
export const keyKinds: Readonly<Record<string, TextKind>> = {
  ...keysOf("kept", [
    ...["flags", "qdisc", "operstate", "link_type", "info_kind", "info_slave_kind", "family"],
    ...[
      "scope",
      "group_fwd_mask",
      "group_fwd_mask_str",
      "no",
      "pref",
      "rp_filter",
      "inet6_addr_gen_mode",
    ],
    ...["key", "op", "hook", "policy", "field", "release_name", "per", "version"],
    ...["ApiVersion", "Arch", "Architecture", "BuildTime", "CgroupDriver", "CgroupVersion"],
    ...["Created", "CreatedAt", "DefaultRuntime", "EngineVersion", "FinishedAt", "GitCommit"],
    ...["GoVersion", "KernelVersion", "LocalNodeState", "MinAPIVersion", "OperatingSystem"],
    ...["OS", "OSType", "OSVersion", "Os", "Reachability", "SecurityOptions", "ServerVersion"],
    ...[
      "StartedAt",
      "Status",
      "DesiredState",
      "SystemTime",
      "UpdatedAt",
      "Version",
      "HostPort",
      "Role",
      "State",
    ],
    ...["Type", "Availability", "Platform", "Expected", "Module", "ModuleVersion", "Scope"],
  ]),
  ...keysOf("emptied", [
    ...[
      "Env",
      "Cmd",
      "Entrypoint",
      "Args",
      "TrustRoot",
      "CertIssuerSubject",
      "CertIssuerPublicKey",
    ],
    ...["Labels", "EngineLabels", "HttpProxy", "HttpsProxy", "NoProxy", "IndexServerAddress"],
  ]),
  ...keysOf("name", [
    ...["Name", "Names", "Hostname", "Domainname", "Aliases", "DNSNames", "DnsSearch", "name"],
    "Target",
  ]),
  ...keysOf("link", [
    ...["ifname", "link", "master", "dev", "label", "ifalias", "altnames", "altname", "interface"],
    ...["iif", "oif", "parent"],
  ]),
  ...keysOf("chain", ["chain", "target"]),
  ...keysOf("table", ["table"]),
  ...keysOf("remark", ["comment", "prefix"]),
  ...keysOf("sentence", ["Warnings", "Error", "Err", "error", "message"]),
  ...keysOf("image", ["Image", "ImageID"]),
  ...keysOf("network-mode", ["NetworkMode", "PidMode", "IpcMode", "UTSMode", "UsernsMode"]),
  ...keysOf("path", ["SandboxKey", "ResolvConfPath", "HostsPath", "HostnamePath", "DockerRootDir"]),
};

export const mapKinds: Readonly<Record<string, KeyKind>> = {
  Containers: "name",
  Networks: "name",
  Services: "name",
  AuxiliaryAddresses: "name",
  Labels: "label",
  Options: "option",
  DriverOpts: "option",
  Sysctls: "sysctl",
  Ports: "port",
  ExposedPorts: "port",
  PortBindings: "port",
};

function keysOf(kind: TextKind, keys: readonly string[]): Readonly<Record<string, TextKind>> {
  return Object.fromEntries(keys.map((key) => [key, kind]));
}
