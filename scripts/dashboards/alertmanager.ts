import { yaml } from "./prometheus-rules.ts";

const head =
  "# Made by `npm run docs` from scripts/dashboards/alertmanager.ts; change the source instead.\n";

const docknet = 'alertname=~"Docknet.*"';
const onSameHost = { equal: ["job", "instance"] } as const;

/** What is silent while what fires: one page for each cause. */
const inhibitRules = [
  {
    source_matchers: ['alertname="DocknetAgentDown"'],
    target_matchers: [docknet, 'alertname!="DocknetAgentDown"'],
    ...onSameHost,
  },
  {
    // Whatever closed the port is a cause of its own, or explains it: that page tells.
    source_matchers: ['alertname="DocknetCriticalCause"'],
    target_matchers: ['alertname=~"DocknetSwarmPortClosed|DocknetUnknownsGrow"'],
    ...onSameHost,
  },
  {
    source_matchers: ['alertname="DocknetDockerDown"'],
    target_matchers: ['alertname=~"DocknetBlind|DocknetCollectorFailing|DocknetUnknownsGrow"'],
    ...onSameHost,
  },
  {
    source_matchers: ['alertname=~"DocknetRunStale|DocknetBlind"'],
    target_matchers: ['alertname=~"DocknetCollectorFailing|DocknetUnknownsGrow"'],
    ...onSameHost,
  },
] as const;

/** Only the inhibition, to put into a configuration that exists. */
export function alertmanagerInhibition(): string {
  return head + yaml({ inhibit_rules: inhibitRules });
}

/** A whole configuration whose receivers wait for an address. */
export function alertmanagerConfig(): string {
  const hint =
    "# Give the receivers their addresses: page wakes somebody, morning waits, nobody is for the record.\n";
  return (
    head +
    hint +
    yaml({
      route: {
        receiver: "morning",
        // One message for a cause that comes to many hosts at once, such as a firewall role.
        group_by: ["job", "alertname", "check"],
        group_wait: "30s",
        group_interval: "5m",
        repeat_interval: "12h",
        routes: [
          { matchers: ['severity="critical"'], receiver: "page", repeat_interval: "4h" },
          { matchers: ['severity="info"'], receiver: "nobody" },
        ],
      },
      receivers: [{ name: "page" }, { name: "morning" }, { name: "nobody" }],
      inhibit_rules: inhibitRules,
    })
  );
}
