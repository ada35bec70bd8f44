import { createHmac } from "node:crypto";

/** 32 bytes that nobody can foretell without the key: the same for the same use and text. */
export type KeyedBytes = (use: string, text: string) => Buffer;

/** Bytes from HMAC-SHA-256 under a key that is made for one bundle and kept nowhere. */
export function keyedBytes(key: Uint8Array): KeyedBytes {
  const known = new Map<string, Buffer>();
  return (use, text) => {
    const name = `${use}\0${text}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    const bytes = createHmac("sha256", key).update(name).digest();
    known.set(name, bytes);
    return bytes;
  };
}
