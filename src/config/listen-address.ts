/** Where the agent accepts connections. */
export interface ListenAddress {
  /** As it was written. */
  readonly text: string;
  /** Host name or address without brackets; absent = every address of both families. */
  readonly host?: string;
  /** TCP port; 0 lets the kernel choose. */
  readonly tcpPort: number;
}

/** `127.0.0.1:10323`, `[::1]:10323`, `localhost:10323`, `:10323`; undefined when the text is none of these. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const found = /^(?:\[([0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|([\w.-]*)):(\d{1,5})$/.exec(text);
  if (found === null) return undefined;
  const [, v6, name, digits] = found;
  const tcpPort = Number(digits);
  if (tcpPort > 65_535) return undefined;
  const host = v6 ?? name;
  return host === undefined || host === "" ? { text, tcpPort } : { text, host, tcpPort };
}
