import { dockerRuleset } from "../../derive/docker-rules.ts";
import { judgedFactNames, judgedIntents } from "../../derive/judged-intents.ts";
import { firewallManaged } from "../../derive/managed.ts";
import { verdictOverIntents } from "../../derive/verdict-over-intents.ts";
import type { HostBinding } from "../../model/docker.ts";
import { bindingText, type Problem, type Severity } from "../../model/finding.ts";
import type { JudgedIntent } from "../../model/intent.ts";
import { type Family, familyOf } from "../../model/ip.ts";
import type { Ruleset } from "../../model/netfilter.ts";
import { shellWord } from "../../model/query.ts";
import { defineCheck } from "../define-check.ts";
import { restartDocker } from "../restart-docker.ts";

/** A published port whose packets no nat rule sends to the container. */
export const dnatMissing = defineCheck({
  id: "dnat-missing",
  area: "docker",
  title: "No rule translates a published port to its container",
  passTitle: "Published ports are translated to their containers",
  severity: "critical",
  why: "Docker sends a published port to its container by a DNAT rule in the nat chain DOCKER. Without it docker-proxy still serves TCP, with the bridge's gateway in place of the client's address; UDP loses the clients' addresses altogether, and without docker-proxy nothing answers.",
  confirm: ["iptables -t nat -S DOCKER", "ss -lntup | grep docker-proxy"],
  remedy: restartDocker("Let dockerd write the port's rules anew"),
  ignoreWhen: "docker-proxy alone is meant to serve the port",
  references: [
    "https://docs.docker.com/engine/network/packet-filtering-firewalls/",
    "https://github.com/moby/moby/issues/16816",
  ],
  requires: judgedFactNames,
  evaluate(facts, { derived }) {
    const managed = firewallManaged(facts);
    if (managed.kind === "verdict") return managed.verdict;
    const relevant = derived(judgedIntents).filter(({ intent }) => intent.kind === "publish");
    const ports = publishedPorts(relevant);
    const problems = (["ipv4", "ipv6"] as const).flatMap((family) => {
      const own = ports.filter(({ binding }) => familyOf(binding.address) === family);
      const missing = own.filter(({ judged }) => judged.some(isUntranslated));
      const all = missing.length > 1 && missing.length === own.length;
      return all
        ? [chainProblem(family, missing, facts.rulesets)]
        : missing.map((port) => portProblem(family, port, facts.rulesets));
    });
    return verdictOverIntents(relevant, problems, "no running container publishes a port");
  },
  assume: ({ subject }) =>
    subject.kind === "published-port"
      ? [{ kind: "port-rules-rebuilt", container: subject.container }]
      : [{ kind: "docker-rules-rebuilt" }],
});

interface Published {
  readonly container: string;
  readonly binding: HostBinding;
  readonly containerPort: number;
  readonly judged: readonly JudgedIntent[];
}

function publishedPorts(relevant: readonly JudgedIntent[]): readonly Published[] {
  const byPort = Map.groupBy(relevant, ({ intent: { publishedPort: port, containerName } }) =>
    JSON.stringify([containerName, port?.protocol, port?.address, port?.hostPort]),
  );
  return [...byPort.values()].flatMap((judged) => {
    const intent = judged[0]?.intent;
    const port = intent?.publishedPort;
    if (port === undefined) return [];
    const { protocol, address, hostPort, containerPort } = port;
    const binding: HostBinding = {
      protocol: protocol === "udp" ? "udp" : "tcp",
      address,
      hostPort,
    };
    return [{ container: intent?.containerName ?? "", binding, containerPort, judged }];
  });
}

/** The walk ended in a socket of the host, or in none: nothing had sent the packet on. */
function isUntranslated({ outcome }: JudgedIntent): boolean {
  if (outcome.state !== "failed" && outcome.state !== "degraded") return false;
  const { element } = outcome;
  return element.kind === "not-translated" && element.what === "destination";
}

function portProblem(family: Family, port: Published, rulesets: readonly Ruleset[]): Problem {
  const { container, binding, containerPort, judged } = port;
  return {
    subject: { kind: "published-port", container, binding },
    message: `port ${bindingText(binding)} is not translated to container ${container} port ${containerPort}: ${lossOf(port)}`,
    observed: "no DNAT rule",
    expected: `a rule in nat DOCKER: --dport ${binding.hostPort} -j DNAT to port ${containerPort}`,
    severity: severityOf(port),
    evidence: evidenceOf(family, [port], rulesets),
    intents: judged.map(({ intent }) => intent.id),
    remedy: {
      ...restartDocker(`Let dockerd write the rules of container ${container} anew`),
      commands: [`docker restart ${shellWord(container)}`],
      sideEffects: `restarts container ${container}`,
    },
  };
}

function chainProblem(
  family: Family,
  ports: readonly Published[],
  rulesets: readonly Ruleset[],
): Problem {
  const worst = ports.some((port) => severityOf(port) === "critical") ? "critical" : "warning";
  return {
    subject: { kind: "chain", family, table: "nat", chain: "DOCKER" },
    message: `none of the ${ports.length} published ports is translated to its container: ${lossOf(ports.find((port) => severityOf(port) === worst) ?? ports[0])}`,
    observed: "no DNAT rule",
    expected: `${ports.length} DNAT rules`,
    severity: worst,
    evidence: evidenceOf(family, ports, rulesets),
    intents: ports.flatMap(({ judged }) => judged.map(({ intent }) => intent.id)),
  };
}

/** UDP, and TCP that docker-proxy does not serve, are lost; the rest is degraded. */
function severityOf({ judged }: Published): Severity {
  return judged.some(({ outcome }) => outcome.state === "failed") ? "critical" : "warning";
}

function lossOf(port: Published | undefined): string {
  const state = port?.judged.find(isUntranslated)?.outcome;
  if (state?.state === "degraded") return state.lost;
  return port?.binding.protocol === "udp"
    ? "clients' addresses are lost, and answers may not find their way"
    : "nothing serves it";
}

function evidenceOf(
  family: Family,
  ports: readonly Published[],
  rulesets: readonly Ruleset[],
): Problem["evidence"] {
  const source = dockerRuleset(rulesets, family)?.source;
  if (source === undefined) return [];
  return ports.slice(0, 5).map((port) => ({ source, text: `missing: ${ruleOf(port)}` }));
}

/** The rule as iptables-save would print it, for the first address that the container has. */
function ruleOf({ binding, containerPort, judged }: Published): string {
  const expect = judged[0]?.intent.attempts[0]?.expect;
  const target = expect?.kind === "reaches-container" ? expect.targets[0]?.address : undefined;
  const address = target?.includes(":") === true ? `[${target}]` : (target ?? "<container>");
  const { protocol, hostPort } = binding;
  return `-A DOCKER … -p ${protocol} --dport ${hostPort} -j DNAT --to-destination ${address}:${containerPort}`;
}
