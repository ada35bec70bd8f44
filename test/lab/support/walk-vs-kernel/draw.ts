import fc from "fast-check";

/** Draws from a stream of numbers; what is drawn of the list of features is written down. */
export interface Draw {
  /** 0 … count - 1 */
  below(count: number): number;
  chance(percent: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Writes a feature down. */
  uses(feature: string): void;
}

export function drawn<T>(
  make: (draw: Draw) => T,
): fc.Arbitrary<T & { readonly features: readonly string[] }> {
  return fc.infiniteStream(fc.noBias(fc.nat())).map((values) => {
    const features = new Set<string>();
    const below = (count: number): number => {
      const [value = 0] = values.take(1);
      return value % count;
    };
    const draw: Draw = {
      below,
      chance: (percent) => below(100) < percent,
      pick: (from) => {
        const picked = from[below(from.length)];
        if (picked === undefined) throw new Error("nothing to pick from");
        return picked;
      },
      uses: (feature) => features.add(feature),
    };
    const made = make(draw);
    return { ...made, features: [...features].sort() };
  });
}
