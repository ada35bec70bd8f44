import { absent } from "../../model/facts.ts";
import { parseDockerServices } from "../../parsers/docker/services.ts";
import { askFact } from "../ask.ts";
import { defineCollector } from "../define-collector.ts";
import { withoutDocker } from "../without-docker.ts";
import { whyNotListed } from "./managers-only.ts";

/** The swarm's services, with the ports and addresses that it promised for each. */
export const swarmServices = defineCollector({
  fact: "swarmServices",
  title: "Services of the swarm",
  reads: [
    {
      what: "GET /services",
      where: "the host is a manager",
      needs: ["group docker"],
      withoutIt: "which ports and addresses the swarm promised",
      loses: "fact",
    },
  ],
  needs: ["dockerDaemon"],
  async collect(host, { now, facts }) {
    const daemon = facts.dockerDaemon;
    if (daemon.state !== "running") return withoutDocker(daemon);
    const reason = whyNotListed(daemon.swarm);
    if (reason !== undefined) return absent(reason);
    return askFact(host, now, {
      query: { kind: "docker", path: "/services" },
      parser: parseDockerServices,
    });
  },
});
