import type { Match } from "../../model/netfilter.ts";
import { eachOption, type Typed } from "./each-option.ts";
import type { Option } from "./options.ts";

type Limit = Extract<Match, { readonly kind: "limit" }>;

/** `--limit 3/min --limit-burst 10`, in the words of iptables-save (libxt_limit.c). */
export function limitMatches(options: readonly Option[]): Typed {
  const [limit, burst, ...others] = options;
  const rate = limit === undefined ? undefined : rateOf(limit);
  if (rate === undefined || others.length > 0) return undefined;
  if (burst === undefined) return [rate];
  const size = burst.name === "--limit-burst" ? soleNumber(burst) : undefined;
  return size === undefined ? undefined : [{ ...rate, burst: size }];
}

function rateOf({ name, inverted, values }: Option): Limit | undefined {
  const [value = "", ...others] = values;
  const [, packets, unit] = /^([1-9]\d{0,9})\/(sec|min|hour|day)$/.exec(value) ?? [];
  const per = units.find((each) => each === unit);
  if (name !== "--limit" || inverted || others.length > 0 || per === undefined) return undefined;
  return { kind: "limit", packets: Number(packets), per };
}

const units = ["sec", "min", "hour", "day"] as const;

function soleNumber({ inverted, values }: Option): number | undefined {
  const [value = "", ...others] = values;
  return inverted || others.length > 0 ? undefined : wholeNumber(value);
}

/** As iptables-save prints one, and no other way to write it. */
function wholeNumber(text: string): number | undefined {
  return /^(?:0|[1-9]\d{0,9})$/.test(text) ? Number(text) : undefined;
}

/** `--hl-eq 255`, `--ttl-lt 5`. */
export function hopLimitMatches(options: readonly Option[], module: string): Typed {
  if (module !== "hl" && module !== "ttl") return undefined;
  return eachOption(options, ({ name, inverted }, text) => {
    const value = wholeNumber(text);
    const comparison = comparisons.find((each) => name === `--${module}-${each}`);
    if (value === undefined || comparison === undefined) return undefined;
    return { kind: "hop-limit", inverted, module, comparison, value };
  });
}

const comparisons = ["eq", "lt", "gt"] as const;

/** `--rt-type 0` alone: what narrows it further is not typed. */
export function routingHeaderMatches(options: readonly Option[]): Typed {
  return eachOption(options, ({ name, inverted }, text) => {
    const type = wholeNumber(text);
    if (name !== "--rt-type" || type === undefined) return undefined;
    return { kind: "routing-header", inverted, type };
  });
}
