import type { Access, Privilege } from "../model/reading/access.ts";

/** A capability that this process does not hold, and what it cannot read for that. */
export interface MissingCapability {
  readonly capability: Privilege;
  readonly without: string;
}

/** Numbers of the capabilities that reading takes. Source: capabilities(7), linux/capability.h. */
const numbers: Readonly<Partial<Record<Privilege, number>>> = {
  CAP_DAC_READ_SEARCH: 2,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
};

/** Compares the effective set in `/proc/self/status` with what is read; nothing where the text does not name the set. */
export function missingCapabilities(
  status: string,
  reads: readonly Access[],
): readonly MissingCapability[] {
  const held = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (held === undefined) return [];
  const set = BigInt(`0x${held}`);
  const needed = [...new Set(reads.flatMap(({ needs }) => needs))].sort();
  return needed.flatMap((capability) => {
    const number = numbers[capability];
    if (number === undefined || ((set >> BigInt(number)) & 1n) === 1n) return [];
    const lost = reads.filter(({ needs }) => needs.includes(capability));
    const without = [...new Set(lost.map(({ withoutIt }) => withoutIt))].join("; ");
    return [{ capability, without }];
  });
}
