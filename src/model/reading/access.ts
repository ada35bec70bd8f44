/** What the kernel or the Docker socket asks of a user who is not root. Capabilities: capabilities(7). */
export const privileges = [
  "CAP_NET_ADMIN",
  "CAP_NET_RAW",
  "CAP_DAC_READ_SEARCH",
  "CAP_SYS_PTRACE",
  "CAP_SYS_ADMIN",
  "group docker",
] as const;

export type Privilege = (typeof privileges)[number];

/** One thing that a collector reads, in general form: for the documentation, and for a test that holds it to a real host. */
export interface Access {
  /** A command, a file as `cat FILE`, a folder as `ls FOLDER` or a question to Docker as `GET PATH`. */
  readonly what: string;
  /** It is asked only there; absent = always. */
  readonly where?: string;
  /** What a user other than root needs for it, all of them; empty = nothing, everybody may. */
  readonly needs: readonly Privilege[];
  /** What is not known where it cannot be read, as part of a sentence. */
  readonly withoutIt: string;
  /** Whether the fact is then unknown altogether, or known without this part. */
  readonly loses: "fact" | "part";
}
