import type { Element, WalkResult } from "../../../model/packet.ts";
import type { CompiledNetns } from "../compile.ts";
import type { InFlight } from "../in-flight.ts";
import { socketThatTakes } from "./sockets.ts";
import { arrived, finish, hook, note, unsure, type Way } from "./way.ts";

/** A packet for this host itself: INPUT, then the socket or the kernel that takes it. */
export function deliver(netns: CompiledNetns, way: Way): WalkResult {
  const stop = hook(netns, "input", way);
  if (stop !== undefined) return stop;
  if (isAnswered(way.flight)) return taken(way, "the connection's own socket");
  if (way.flight.packet.protocol === "icmp") return echo(netns, way);
  const { packet } = way.flight;
  const socket = socketThatTakes(netns.facts.sockets, way.flight);
  if (socket === undefined) {
    const { protocol, destination: address, destinationPort: port = 0 } = packet;
    return finish(way, "rejected", { kind: "no-listener", protocol, address, port });
  }
  return taken(way, socket.processes[0]?.name, socket.port);
}

/**
 * What is sent to everybody reaches every socket that listens to all addresses; nobody is told when there is none, TCP answers nothing
 * (tcp_v4_conn_request), and echo requests are for icmp_echo_ignore_broadcasts to decide (icmp_rcv).
 */
export function deliverToAll(netns: CompiledNetns, way: Way, route: Element): WalkResult {
  const stop = hook(netns, "input", way);
  if (stop !== undefined) return stop;
  const { packet } = way.flight;
  if (packet.protocol === "tcp") return finish(way, "dropped", route);
  if (packet.protocol === "icmp") {
    const key = "net.ipv4.icmp_echo_ignore_broadcasts";
    const value = netns.facts.sysctls[key];
    return value === undefined || value === "0"
      ? unsure(way, `whether an echo request to all of ${packet.destination} is answered`)
      : finish(way, "dropped", { kind: "sysctl", key, value });
  }
  const socket = socketThatTakes(netns.facts.sockets, way.flight);
  if (socket !== undefined) return taken(way, socket.processes[0]?.name, socket.port);
  const { protocol, destination: address, destinationPort: port = 0 } = packet;
  return finish(way, "dropped", { kind: "no-listener", protocol, address, port });
}

/** A reply to a connection that this host opened: it has a socket, though nobody listens. */
function isAnswered({ packet, original }: InFlight): boolean {
  if (packet.ctDirection !== "REPLY" || original === undefined) return false;
  return (
    packet.destination === original.source &&
    (packet.protocol === "icmp" || packet.destinationPort === original.sourcePort)
  );
}

function taken(way: Way, process: string | undefined, port?: number): WalkResult {
  const { packet } = way.flight;
  const element: Element = {
    kind: "listener",
    protocol: packet.protocol,
    port: port ?? packet.destinationPort ?? 0,
    ...(process === undefined ? {} : { process }),
  };
  note(way, { at: "socket", element, verdict: "delivered" });
  return arrived(way, { kind: "local", packet, ...(process === undefined ? {} : { process }) });
}

/** The kernel answers echo requests itself, unless it is told not to. */
function echo(netns: CompiledNetns, way: Way): WalkResult {
  const { family } = way.flight;
  const key = family === "ipv4" ? "net.ipv4.icmp_echo_ignore_all" : "net.ipv6.icmp.echo_ignore_all";
  const value = netns.facts.sysctls[key];
  if (value === undefined) way.doubt ??= { kind: "not-modelled", text: `${key} was not read` };
  else if (value !== "0") return finish(way, "dropped", { kind: "sysctl", key, value });
  return taken(way, "kernel");
}
