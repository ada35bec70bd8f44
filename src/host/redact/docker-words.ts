import type { Pseudonyms } from "./pseudonyms.ts";
import { anyWord, name } from "./words.ts";

/** A name as Docker writes it: with a `/` before it, or as `container/alias` of a link. */
export function bareName(text: string, pseudonyms: Pseudonyms): string {
  return text
    .split("/")
    .map((part) => name(part, pseudonyms))
    .join("/");
}

/** An image by its id, or by whatever a person called it. */
export function imageName(text: string, pseudonyms: Pseudonyms): string {
  return name(text, pseudonyms);
}

const modes: ReadonlySet<string> = new Set(["default", "private", "shareable", "slirp4netns"]);

/** `default`, `host`, `container:ID`, or the name of a network. */
export function networkMode(text: string, pseudonyms: Pseudonyms): string {
  const [, container] = /^container:(.*)$/.exec(text) ?? [];
  if (container !== undefined) return `container:${name(container, pseudonyms)}`;
  return modes.has(text) ? text : name(text, pseudonyms);
}

/** Keys of labels that Docker and its tools write on every host. */
export function labelName(key: string, pseudonyms: Pseudonyms): string {
  return /^(?:com\.docker|org\.opencontainers|desktop\.docker)\.[a-z0-9._-]+$/.test(key)
    ? key
    : pseudonyms.name(key);
}

const bareOptions: ReadonlySet<string> = new Set([
  ...["encrypted", "parent", "ipvlan_mode", "ipvlan_flag", "macvlan_mode", "isolate", "mtu"],
]);

/** Keys of driver options: Docker's own stay. */
export function optionName(key: string, pseudonyms: Pseudonyms): string {
  return bareOptions.has(key) || key.startsWith("com.docker.") ? key : anyWord(key, pseudonyms);
}
