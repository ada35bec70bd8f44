/** `T` without these keys; a union stays one. */
export type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A copy of the record without these keys. */
export function without<const T extends object, const K extends keyof T & string>(
  record: T,
  ...keys: readonly K[]
): Without<T, K>;
export function without(record: object, ...keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}
