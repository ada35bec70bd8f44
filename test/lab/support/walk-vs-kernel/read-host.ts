import { collectors } from "../../../../src/collectors/index.ts";
import type { FrameFacts } from "../../../../src/derive/path/world.ts";
import { type NetnsFacts, netnsFactNames } from "../../../../src/derive/walk/netns-facts.ts";
import { takeSnapshot } from "../../../../src/engine/take-snapshot.ts";
import type { HostPort, Observation } from "../../../../src/host/port.ts";
import { notFound } from "../../../../src/model/failure.ts";
import { type HostQuery, queryKey } from "../../../../src/model/query.ts";
import { inNetnsOf } from "../netns-exec.ts";
import { runCommand } from "../run-command.ts";

/** What docknet asked a namespace, by the query's key, and what it was answered; null is a failure. */
export type Answers = Readonly<Record<string, string | null>>;

/** docknet's own reading of a namespace. */
export async function readHost(pid: number): Promise<Answers> {
  const answers: Record<string, string | null> = {};
  await factsFrom({
    async observe(query) {
      const text = await answerOf(pid, query);
      answers[queryKey(query)] = text ?? null;
      return observation(text);
    },
  });
  answers[settingsKey] = (await settingsOf(pid)) ?? null;
  return answers;
}

const settingsKey = "settings";

/** Settings that the walk asks for and that docknet's collectors do not read of every host: the lab reads them. */
async function settingsOf(pid: number): Promise<string | undefined> {
  const names = "accept_local src_valid_mark route_localnet";
  const script = `cd /proc/sys; for n in ${names}; do for f in net/ipv4/conf/*/$n; do echo $f $(cat $f); done; done
for f in net/ipv4/icmp_echo_ignore_all net/ipv4/icmp_echo_ignore_broadcasts net/ipv6/icmp/echo_ignore_all net/ipv6/icmp/echo_ignore_anycast; do echo $f $(cat $f); done`;
  const { code, stdout } = await runCommand(inNetnsOf(pid, ["sh", "-c", script]));
  return code === 0 ? stdout : undefined;
}

function readSettings(text: string | null | undefined): NetnsFacts["sysctls"] {
  const lines = (text ?? "").split("\n").map((line) => line.split(" "));
  return Object.fromEntries(
    lines.flatMap(([path = "", value]) =>
      value === undefined ? [] : [[path.replaceAll("/", "."), value]],
    ),
  );
}

/** The facts that docknet makes of the answers; no kernel is asked. */
export async function factsOf(answers: Answers): Promise<ReadFacts> {
  const facts = await factsFrom({
    observe: (query) => Promise.resolve(observation(answers[queryKey(query)] ?? undefined)),
  });
  return { ...facts, sysctls: { ...readSettings(answers[settingsKey]), ...facts.sysctls } };
}

async function answerOf(pid: number, query: HostQuery): Promise<string | undefined> {
  if (query.kind !== "command" && query.kind !== "file") return undefined;
  const argv = query.kind === "file" ? (["cat", query.path] as const) : query.argv;
  const { code, stdout } = await runCommand(inNetnsOf(pid, [...argv]), { env: { LC_ALL: "C" } });
  return code === 0 ? stdout : undefined;
}

function observation(text: string | undefined): Observation {
  const when = { observedAt, durationMs: 1 };
  if (text !== undefined) return { ok: true, text, ...when };
  return { ok: false, failure: notFound("no answer"), ...when };
}

const observedAt = "2026-11-02T10:00:00.000Z";

/** Facts that the walk does without where they are not known. */
const more = ["ipsets", "neighbours", "fdb"] as const;

/** A namespace as docknet reads it, with what decides about its frames. */
export type ReadFacts = NetnsFacts & FrameFacts;

async function factsFrom(host: HostPort): Promise<ReadFacts> {
  const wanted: readonly string[] = [...netnsFactNames, ...more];
  const { snapshot } = await takeSnapshot(host, {
    collectors: collectors.filter(({ fact }) => wanted.includes(fact)),
    clock: { now: () => observedAt, elapsedMs: () => 0 },
  });
  const facts = netnsFactNames.map((name) => {
    const fact = snapshot.facts[name];
    if (fact.state !== "known")
      throw new Error(`docknet does not know ${name}: ${JSON.stringify(fact)}`);
    if (fact.ignored.length > 0)
      throw new Error(`docknet passed over of ${name}: ${JSON.stringify(fact.ignored)}`);
    return [name, fact.value];
  });
  const others = more.flatMap((name) => {
    const fact = snapshot.facts[name];
    return fact.state === "known" ? [[name, fact.value] as const] : [];
  });
  // Rebuilt from exactly the names that ReadFacts is made of.
  return Object.fromEntries([...facts, ...others]) as never;
}
