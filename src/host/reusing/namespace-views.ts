import type { Observation } from "../port.ts";

/** What /proc shows of a namespace without anybody entering it. */
export interface NamespaceViews {
  /** As the kernel wrote each file; undefined = the kernel has none. */
  readonly raw: readonly (string | undefined)[];
  /** All of them without the columns that count. */
  readonly steady: string;
}

/** Files below /proc/PID/net, each without the columns that count. */
const views: readonly { readonly name: string; steady(text: string): string }[] = [
  { name: "route", steady: (text) => columnsOf(text, (at) => at !== 4 && at !== 5) },
  { name: "ipv6_route", steady: (text) => columnsOf(text, (at) => at !== 6 && at !== 7) },
  { name: "fib_trie", steady: (text) => text },
  { name: "if_inet6", steady: (text) => text },
  { name: "arp", steady: (text) => text },
  { name: "dev", steady: (text) => text.replaceAll(/:.*$/gm, "") },
];

function columnsOf(text: string, keep: (at: number) => boolean): string {
  return text
    .split("\n")
    .map((line) =>
      line
        .trim()
        .split(/\s+/)
        .filter((_, at) => keep(at))
        .join(" "),
    )
    .join("\n");
}

/** undefined = something could not be read: nothing is known to be as it was. Views of before spare the work where they read alike. */
export async function namespaceViews(
  pid: number,
  read: (path: `/${string}`) => Promise<Observation>,
  before: NamespaceViews | undefined,
): Promise<NamespaceViews | undefined> {
  const seen = await Promise.all(views.map(({ name }) => read(`/proc/${pid}/net/${name}`)));
  const raw = seen.map((view) => (view.ok ? view.text : undefined));
  const isWhole = seen.every((view, at) => view.ok || isOfNoKernel(view, views[at]?.name ?? ""));
  if (!isWhole) return undefined;
  if (before?.raw.every((text, at) => text === raw[at]) === true) return before;
  const steady = views.map((view, at) => view.steady(raw[at] ?? "none"));
  return { raw, steady: steady.join("\0") };
}

/** A kernel without IPv6 has no files of it. */
function isOfNoKernel(
  { failure }: Extract<Observation, { readonly ok: false }>,
  name: string,
): boolean {
  return failure.kind === "not-found" && name.includes("6");
}
