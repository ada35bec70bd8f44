import type { KeyedBytes } from "./keyed-bytes.ts";

/**
 * Ids of Docker (hexadecimal) and of swarm (letters and digits), character by character: equal beginnings stay equal, so that the
 * name of a bridge or of a namespace file still begins its network's or sandbox's id.
 */
export function idPseudonym(bytes: KeyedBytes, id: string, alphabet: "hex" | "swarm"): string {
  const letters = alphabet === "hex" ? hexLetters : swarmLetters;
  return [...id]
    .map((letter, at) => {
      const position = letters.indexOf(letter);
      if (position < 0) return letter;
      return letters[(position + shiftAt(bytes, id, { alphabet, at })) % letters.length] ?? letter;
    })
    .join("");
}

/** No name is made of more than the first 12 characters of an id: those behind hang on them together. */
const shortLength = 12;

function shiftAt(
  bytes: KeyedBytes,
  id: string,
  { alphabet, at }: { readonly alphabet: "hex" | "swarm"; readonly at: number },
): number {
  const behind = at - shortLength;
  if (behind < 0) return bytes(alphabet, id.slice(0, at)).readUInt8(0);
  const byte = bytes(`rest of ${alphabet}`, id.slice(0, shortLength)).readUInt8(behind % 32);
  return behind < 32 ? byte : byte >> 4;
}

const hexLetters = "0123456789abcdef";
const swarmLetters = "0123456789abcdefghijklmnopqrstuvwxyz";

/**
 * Pseudonym of a MAC given as six bytes. Group addresses stay, apart from those that end in an address's last bits; so does 02:42,
 * by which Docker begins its own, and whether a MAC is locally administered.
 */
export function macPseudonym(bytes: KeyedBytes, mac: readonly number[]): readonly number[] {
  const [first = 0, second = 0, third = 0] = mac;
  const name = mac.map(hexByte).join("");
  const fresh = (at: number): number => bytes("mac", name).readUInt8(at);
  if (mac.every((each) => each === 0)) return mac;
  if (first === 0x33 && second === 0x33 && third === 0xff) {
    return mac.map((each, at) => (at < 3 ? each : fresh(at)));
  }
  if ((first & 1) === 1) return mac;
  if (first === 0x02 && second === 0x42) return mac.map((each, at) => (at < 2 ? each : fresh(at)));
  return mac.map((each, at) => (at === 0 ? (fresh(at) & 0xfc) | (each & 3) : fresh(at)));
}

/** Two hexadecimal digits. */
export function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
