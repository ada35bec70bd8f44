import { createHmac, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { compare } from "bcryptjs";

/** What a peer said about itself. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export type PasswordVerdict = "right" | "wrong" | "busy";

/** Checks passwords without ever taking much of the processor. */
export interface PasswordGate {
  /** `peer` is the address that the request came from. */
  verify(
    credentials: Credentials,
    from: { readonly users: ReadonlyMap<string, string>; readonly peer: string },
  ): Promise<PasswordVerdict>;
}

interface GateParts {
  /** Whether a password fits a hash. It takes tens of milliseconds of the processor, in slices. */
  fits(password: string, hash: string): Promise<boolean>;
  nowMs(): number;
  rest(ms: number): Promise<unknown>;
}

/** Verdicts that are remembered, so that a scraper costs a hash once and not at each scrape. */
const mostRemembered = 128;
/** Passwords that may wait for their turn, of all peers; one peer has one at a time. */
const mostWaiting = 16;
/** Rest after a hash, in times that it took: hashes get a quarter of one core at most. */
const restPerWork = 3;

/**
 * One hash at a time, with a rest after each; verdicts are remembered, right and wrong ones. A flood of wrong passwords therefore
 * costs a quarter of a core, and who is known already does not wait for it.
 */
export function passwordGate(parts: GateParts): PasswordGate {
  const secret = randomBytes(32);
  const remembered = new Map<string, boolean>();
  const underWay = new Map<string, Promise<PasswordVerdict>>();
  const waitingPeers = new Set<string>();
  let turn: Promise<unknown> = Promise.resolve();

  const inTurn = (password: string, hash: string): Promise<boolean> => {
    const result = turn.then(async () => {
      const since = parts.nowMs();
      const fits = await parts.fits(password, hash);
      return { fits, tookMs: parts.nowMs() - since };
    });
    turn = result.then(({ tookMs }) => parts.rest(restPerWork * tookMs)).catch(() => undefined);
    return result.then(({ fits }) => fits);
  };

  return {
    async verify({ user, password }, { users, peer }) {
      const own = users.get(user);
      const hash = own ?? nobodysHash(users);
      // No password, and nothing that could be tried offline, stays in memory.
      const key = createHmac("sha256", secret)
        .update(JSON.stringify([user, hash, password]))
        .digest("base64");
      const known = remembered.get(key);
      if (known !== undefined) return known ? "right" : "wrong";
      const same = underWay.get(key);
      if (same !== undefined) return same;
      if (waitingPeers.has(peer) || waitingPeers.size >= mostWaiting) return "busy";
      waitingPeers.add(peer);
      const verdict = inTurn(password, hash)
        .then((fits): PasswordVerdict => {
          const isRight = fits && own !== undefined;
          remember(remembered, { key, isRight });
          return isRight ? "right" : "wrong";
        })
        .finally(() => {
          underWay.delete(key);
          waitingPeers.delete(peer);
        });
      underWay.set(key, verdict);
      return verdict;
    },
  };
}

/** Wrong ones make room first: a flood of them must not push out who is known. */
function remember(
  remembered: Map<string, boolean>,
  one: { readonly key: string; readonly isRight: boolean },
): void {
  if (remembered.size >= mostRemembered) {
    const entries = [...remembered];
    const [oldest] = entries.find(([, isRight]) => !isRight) ?? entries[0] ?? [];
    if (oldest !== undefined) remembered.delete(oldest);
  }
  remembered.set(one.key, one.isRight);
}

/** A hash that nothing fits, as dear as the dearest: how long the answer takes does not tell which users there are. */
function nobodysHash(users: ReadonlyMap<string, string>): string {
  const costs = [...users.values()].map((hash) => hash.slice(4, 6));
  const cost = costs.toSorted().at(-1) ?? "10";
  return `$2b$${cost}$${"N".repeat(21)}u${"O".repeat(31)}`;
}

/** Hashes with bcrypt, by this process's clock. */
export function hashingParts(
  swiftly: (work: () => Promise<boolean>) => Promise<boolean>,
): GateParts {
  return {
    fits: (password, hash) => swiftly(() => compare(password, hash)),
    nowMs: () => performance.now(),
    rest: (ms) => sleep(ms, undefined, { ref: false }),
  };
}
