import type { DaemonOptions } from "../../model/docker/daemon-options.ts";
import type { Container } from "../../model/docker.ts";
import type { Evidence } from "../../model/finding.ts";
import type { Ruleset } from "../../model/netfilter.ts";
import type { HostQuery } from "../../model/query.ts";
import type { Sandbox } from "../../model/sandbox.ts";
import type { ListeningSocket } from "../../model/socket.ts";
import { elementText } from "../evidence.ts";
import type { Path } from "../path/follow.ts";
import { hostPlace } from "../path/world.ts";
import { networkOwner, placeOfContainer, type TraceHost } from "../trace/trace-host.ts";

/** A host on which a question is answered. */
export interface WhyHost {
  readonly trace: TraceHost;
  readonly sandboxes: readonly Sandbox[];
  readonly daemonOptions?: DaemonOptions;
  /** Containers and networks that changed while docknet looked. */
  readonly moving: readonly string[];
}

/** The namespace of a container as it was read, whether or not all of it was. */
export function sandboxOf(
  { trace, sandboxes }: WhyHost,
  container: Container,
): Sandbox | undefined {
  const owner = networkOwner(trace, container);
  const place = placeOfContainer(trace, container);
  return sandboxes.find(
    ({ path, containers }) =>
      path === place || path === owner.sandboxPath || containers.includes(container.name),
  );
}

/** Rules of a namespace, the host's or a container's. */
export function rulesetsAt({ trace }: WhyHost, place: string): readonly Ruleset[] {
  return trace.world.places.get(place)?.netns.facts.rulesets ?? [];
}

/** Sockets that listen in a namespace; none where it was not read. */
export function socketsAt(
  { trace }: Pick<WhyHost, "trace">,
  place: string | undefined,
): readonly ListeningSocket[] {
  return place === undefined ? [] : (trace.world.places.get(place)?.netns.facts.sockets ?? []);
}

/** What decided about a packet, in words. */
export function decidedBy({ element, fate }: Pick<Path, "element" | "fate">): string {
  return element === undefined ? `the packet is ${fate}` : elementText(element);
}

/** Namespace by the name that a trace gives it: host, container web. */
export function placeNamed({ trace }: WhyHost, name: string): string | undefined {
  return [...trace.world.places.values()].find((place) => place.name === name)?.id;
}

/** The same question, put in a namespace. */
export function inNamespace(place: string, argv: readonly [string, ...string[]]): HostQuery {
  return { kind: "command", argv, ...(place === hostPlace ? {} : { netns: place }) };
}

/** What `docker inspect` shows of a container, with the words to look for. */
export function inspected(container: Container, template: string, text: string): Evidence {
  const argv = ["docker", "inspect", "-f", template, container.name] as const;
  return { source: { kind: "command", argv }, text };
}
