import type { DrawnHost, DrawnProbe } from "./drawn-host.ts";

/** One list of a drawn host that lines can be left out of. */
interface Part {
  get(host: DrawnHost): readonly unknown[];
  set(host: DrawnHost, lines: readonly unknown[]): DrawnHost;
}

/** A smaller host that still fails, with the one probe that showed it: lines go by halves, quarters and so on, as long as it fails. */
export async function shrunk(
  host: DrawnHost,
  failing: DrawnProbe,
  { stillFails, tries }: { stillFails(host: DrawnHost): Promise<boolean>; readonly tries: number },
): Promise<DrawnHost> {
  let left = tries;
  const fails = async (candidate: DrawnHost): Promise<boolean> => {
    left -= 1;
    return left >= 0 && (await stillFails(candidate));
  };
  let smallest: DrawnHost = { ...host, probes: [failing] };
  if (!(await fails(smallest))) return host;
  for (const part of partsOf(smallest)) smallest = await smaller(smallest, part, fails);
  return smallest;
}

async function smaller(
  host: DrawnHost,
  part: Part,
  fails: (host: DrawnHost) => Promise<boolean>,
): Promise<DrawnHost> {
  let smallest = host;
  for (let size = Math.ceil(part.get(host).length); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < part.get(smallest).length; ) {
      const lines = part.get(smallest);
      const candidate = part.set(smallest, [...lines.slice(0, at), ...lines.slice(at + size)]);
      if (await fails(candidate)) smallest = candidate;
      else at += size;
    }
  }
  return smallest;
}

const lists = ["sockets", "sysctls", "nft", "ip6", "ip"] as const;

function partsOf(host: DrawnHost): readonly Part[] {
  const rulesets: Part = {
    get: ({ rulesets: all }) => all,
    set: (one, lines) => ({ ...one, rulesets: lines as never }),
  };
  const tables = host.rulesets.flatMap((ruleset) =>
    ruleset.tables.map(({ name }) => rulesOf(ruleset, name)),
  );
  const plain = lists.map(
    (name): Part => ({ get: (one) => one[name], set: (one, lines) => ({ ...one, [name]: lines }) }),
  );
  return [rulesets, ...tables, ...plain];
}

/** The rules of one table; its chains stay. */
function rulesOf(
  of: Pick<DrawnHost["rulesets"][number], "backend" | "family">,
  table: string,
): Part {
  const isIt = (one: typeof of) => one.backend === of.backend && one.family === of.family;
  const isRule = (line: unknown) => String(line).startsWith("-A");
  return {
    get: ({ rulesets }) =>
      rulesets
        .filter(isIt)
        .flatMap(({ tables }) =>
          tables.filter(({ name }) => name === table).flatMap(({ lines }) => lines.filter(isRule)),
        ),
    set: (host, rules) => ({
      ...host,
      rulesets: host.rulesets.map((ruleset) =>
        isIt(ruleset)
          ? {
              ...ruleset,
              tables: ruleset.tables.map((one) =>
                one.name === table
                  ? {
                      name: table,
                      lines: [...one.lines.filter((line) => !isRule(line)), ...rules.map(String)],
                    }
                  : one,
              ),
            }
          : ruleset,
      ),
    }),
  };
}
