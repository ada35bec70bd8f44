/**
 * `ip -j -d addr` without how long each bridge still waits for this and that, which is in no typed link and shows in no other program.
 * Source: IFLA_BR_HELLO_TIMER, IFLA_BR_TCN_TIMER, IFLA_BR_TOPOLOGY_CHANGE_TIMER, IFLA_BR_GC_TIMER.
 */
export function withoutTimers(text: string): string {
  return text.replaceAll(/"(?:hello|tcn|topology_change|gc)_timer": *[\d.]+,?/g, "");
}
