import { z } from "zod";
import { parseAddress } from "../../model/ip.ts";
import { quoted } from "./lines.ts";

/** Text of an address, in canonical form. */
export const addressSchema = z.string().transform((text, context) => {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  context.addIssue(`${quoted(text)} is not an address`);
  return z.NEVER;
});

/** true, false, or the `on` and `off` of older iproute2. */
export const onOffSchema = z
  .union([z.boolean(), z.enum(["on", "off"])])
  .transform((value) => value === true || value === "on");
