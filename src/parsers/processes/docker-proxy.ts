import { unparsable } from "../../model/failure.ts";
import { parseAddress } from "../../model/ip.ts";
import type { DockerProxyArguments } from "../../model/socket.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { quoted } from "../support/lines.ts";

/** /proc/PID/cmdline of docker-proxy: words that each end with a NUL, options as Go's flag package takes them. */
export function parseDockerProxy(text: string): Parsed<DockerProxyArguments> {
  const [program = "", ...words] = text.split("\0");
  if (!/(?:^|\/)(?:rootlesskit-)?docker-proxy$/.test(program)) {
    return failure(`found ${quoted(program)} where docker-proxy stands`);
  }
  const protocol = protocols.find((each) => each === optionOf(words, "proto"));
  const hostAddress = parseAddress(optionOf(words, "host-ip") ?? "");
  const containerAddress = parseAddress(optionOf(words, "container-ip") ?? "");
  const hostPort = portOf(optionOf(words, "host-port"));
  const containerPort = portOf(optionOf(words, "container-port"));
  if (protocol === undefined || hostAddress === undefined || containerAddress === undefined) {
    return failure("a protocol, a host's or a container's address is missing");
  }
  if (hostPort === undefined || containerPort === undefined) return failure("a port is missing");
  return parsed({
    protocol,
    hostAddress,
    hostPort,
    containerAddress,
    containerPort,
    usesListenFd: /^(?:|1|t|T|true|TRUE|True)$/.test(switchOf(words, "use-listen-fd") ?? "no"),
  });
}

const protocols = ["tcp", "udp", "sctp"] as const;

function failure(message: string): Parsed<never> {
  return { ok: false, failure: unparsable(message, 1) };
}

/** `-name value`, `-name=value`, or either with two dashes; the last one wins. */
function optionOf(words: readonly string[], name: string): string | undefined {
  const at = words.findLastIndex((word) => isOption(word, name));
  const word = words[at];
  if (word === undefined) return undefined;
  const equals = word.indexOf("=");
  return equals < 0 ? words[at + 1] : word.slice(equals + 1);
}

/** A switch takes its value behind `=` only; empty where it has none. */
function switchOf(words: readonly string[], name: string): string | undefined {
  const word = words.findLast((each) => isOption(each, name));
  return word === undefined ? undefined : (word.split("=")[1] ?? "");
}

function isOption(word: string, name: string): boolean {
  const [option] = word.split("=");
  return option === `-${name}` || option === `--${name}`;
}

function portOf(text: string | undefined): number | undefined {
  const port = /^\d{1,5}$/.test(text ?? "") ? Number(text) : 0;
  return port > 0 && port < 65_536 ? port : undefined;
}
