import { z } from "zod";
import type { HostAndPort } from "../../model/docker.ts";
import { type Address, parseAddress } from "../../model/ip.ts";

/** A text of the API: Go prints an absent one as "", as null, or leaves the key out. */
export const optionalText = z
  .string()
  .nullish()
  .transform((text) => (text === null || text === "" ? undefined : text));

/** An address, which some engines print with a prefix length: `172.17.0.1/16`. What is no address is not there. */
export const optionalAddress = optionalText.transform(addressOf);

export const optionalFlag = z
  .boolean()
  .nullish()
  .transform((flag) => flag ?? undefined);

/** An array that Go prints as null where it is empty. */
export function listOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}

/** A map that Go prints as null where it is empty. */
export function mapOf<T extends z.ZodType>(value: T) {
  return z
    .record(z.string(), value)
    .nullish()
    .transform((map) => map ?? {});
}

/** `10.99.0.1:2377` or `[fd00::1]:2377`. */
export function hostAndPort(text: string | undefined): HostAndPort | undefined {
  const [, host, port] = /^(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(text ?? "") ?? [];
  const address = addressOf(host?.replace(/^\[|\]$/g, ""));
  return address === undefined ? undefined : { address, port: Number(port) };
}

function addressOf(text: string | undefined): Address | undefined {
  return parseAddress(text?.replace(/\/\d+$/, "") ?? "");
}
