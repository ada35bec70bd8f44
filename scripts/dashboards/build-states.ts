import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Colour, ColouredText, State, StatPlan } from "./plan.ts";

/** Grafana's word for a colour. */
const words: Readonly<Record<Colour, string>> = {
  green: "green",
  yellow: "yellow",
  orange: "orange",
  red: "red",
  purple: "purple",
  blue: "blue",
  gray: "#8e8e8e",
};

/** Text and colour for each number of a state set. */
export function mappingsOf(states: readonly State[]): ValueMapping[] {
  const options = states.map(({ value, text, colour }, index) => [
    String(value),
    { text, color: words[colour], index },
  ]);
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(options) }];
}

/** A colour for each text of a label. */
export function colouredTexts(texts: readonly ColouredText[]): ValueMapping[] {
  const options = texts.map(({ text, colour }, index) => [
    text,
    { text, color: words[colour], index },
  ]);
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(options) }];
}

/** Green, and each colour from its number on. */
export function thresholds(from: NonNullable<StatPlan["from"]>): ThresholdsConfigBuilder {
  const steps = Object.entries(from).map(([colour, value]) => ({ value, color: colour }));
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: words.green }, ...steps.sort((a, b) => a.value - b.value)]);
}

export function byThresholds(): FieldColorBuilder {
  return new FieldColorBuilder().mode(FieldColorModeId.Thresholds);
}
