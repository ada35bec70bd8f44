import type { Fact, HostSnapshot } from "../model/facts.ts";
import { type NativeNft, noNativeNft } from "../model/native-nft.ts";
import type { JudgedFacts } from "./judged-intents.ts";

/** The facts of a snapshot of which not all needs to be known. */
export type ReadableFacts =
  | {
      readonly state: "readable";
      readonly facts: JudgedFacts;
      /** Facts that decide and were not read, with the reason: whatever is judged without them is unsure. */
      readonly missing: readonly string[];
    }
  /** Nobody knows what Docker promised: it could not be asked, or does not run. */
  | {
      readonly state: "nothing-promised";
      readonly reasons: readonly string[];
      /** True where docknet looked and there is no Docker. */
      readonly certain: boolean;
    };

/** Facts without which no packet can be followed. */
const deciding = [
  "links",
  "routes",
  "routingRules",
  "bridgePorts",
  "rulesets",
  "sysctls",
  "linkSettings",
  "sockets",
] as const;

/** Facts without which nobody knows what was promised. */
const naming = ["containers", "dockerNetworks", "dockerDaemon"] as const;

/** What a snapshot tells about Docker's promises and the kernel. */
export function readableFacts(facts: HostSnapshot["facts"]): ReadableFacts {
  const nameless = naming.flatMap((name) => failureOf(name, facts[name]));
  if (nameless.length > 0) return { state: "nothing-promised", reasons: nameless, certain: false };
  const daemon = facts.dockerDaemon.state === "known" ? facts.dockerDaemon.value : undefined;
  if (daemon?.state !== "running") {
    const reason = daemon?.reason ?? "there is no Docker here";
    const certain = daemon?.state !== "stopped";
    return { state: "nothing-promised", reasons: [reason], certain };
  }
  return {
    state: "readable",
    facts: { ...kernelFacts(facts), ...dockerFacts(facts), dockerDaemon: daemon },
    missing: missingFacts(facts),
  };
}

/** Facts that decide and were not read, each with the reason. */
export function missingFacts(facts: HostSnapshot["facts"]): readonly string[] {
  return deciding.flatMap((name) => failureOf(name, facts[name]));
}

type KernelFacts = Omit<
  JudgedFacts,
  "dockerDaemon" | "dockerNetworks" | "containers" | "daemonOptions" | "swarmNodes"
>;

/** What the kernel does with packets. What is absent is empty, what is unknown as well. */
export function kernelFacts(facts: HostSnapshot["facts"]): KernelFacts {
  const [unread] = failureOf("nativeNft", facts.nativeNft);
  const otherwise: NativeNft =
    unread === undefined ? noNativeNft : { state: "unreadable", reason: unread };
  return {
    links: known(facts.links, []),
    routes: known(facts.routes, []),
    routingRules: known(facts.routingRules, []),
    routeSightings: known(facts.routeSightings, []),
    bridgePorts: known(facts.bridgePorts, []),
    rulesets: known(facts.rulesets, []),
    nativeNft: known(facts.nativeNft, otherwise),
    ipsets: known(facts.ipsets, { state: "unread", reason: "sets were not read" }),
    sysctls: known(facts.sysctls, {}),
    linkSettings: known(facts.linkSettings, []),
    sockets: known(facts.sockets, []),
  };
}

function dockerFacts(
  facts: HostSnapshot["facts"],
): Pick<JudgedFacts, "dockerNetworks" | "containers" | "daemonOptions" | "swarmNodes"> {
  return {
    daemonOptions: known(facts.daemonOptions, {}),
    dockerNetworks: known(facts.dockerNetworks, []),
    containers: known(facts.containers, []),
    swarmNodes: known(facts.swarmNodes, []),
  };
}

function known<T>(fact: Fact<T>, otherwise: T): T {
  return fact.state === "known" ? fact.value : otherwise;
}

function failureOf(name: string, fact: Fact<unknown>): readonly string[] {
  return fact.state === "unknown" ? [`${name}: ${fact.failure.message}`] : [];
}
