/** How much of a host one run could read: what a reader has to know before trusting what a report does not say. */
export interface Coverage {
  /** Facts that docknet looked for. `read` = known, or known to be absent. */
  readonly facts: { readonly read: number; readonly of: number };
  /** Lines that the parsers passed over, in all answers. */
  readonly ignoredLines: number;
  /** Capabilities without which something could not be read, such as `CAP_NET_ADMIN`, sorted. */
  readonly missingCapabilities: readonly string[];
  /** Programs that are not installed and without which something could not be read, sorted. */
  readonly missingPrograms: readonly string[];
  /** Docker's network namespaces; absent where they could not even be listed. */
  readonly sandboxes?: SandboxCoverage;
}

export interface SandboxCoverage {
  /** How many were read whole. */
  readonly whole: number;
  readonly inPart: readonly SandboxShortfall[];
  /** Of these nothing is known. */
  readonly unreadable: readonly SandboxShortfall[];
}

/** What is not known of one namespace. */
export interface SandboxShortfall {
  /** Names of its containers, of its network, or the path of its file. */
  readonly name: string;
  /** Names of the parts that are not known, or not whole. */
  readonly parts: readonly string[];
  readonly reasons: readonly string[];
}
