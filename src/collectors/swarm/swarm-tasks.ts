import { absent } from "../../model/facts.ts";
import { parseDockerTasks } from "../../parsers/docker/tasks.ts";
import { askFact } from "../ask.ts";
import { defineCollector } from "../define-collector.ts";
import { withoutDocker } from "../without-docker.ts";
import { whyNotListed } from "./managers-only.ts";

/** The swarm's tasks on all of its nodes, those that ended too. */
export const swarmTasks = defineCollector({
  fact: "swarmTasks",
  title: "Tasks of the swarm's services",
  reads: [
    {
      what: "GET /tasks",
      where: "the host is a manager",
      needs: ["group docker"],
      withoutIt: "on which nodes the tasks of services run, and with which addresses",
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
      query: { kind: "docker", path: "/tasks" },
      parser: parseDockerTasks,
    });
  },
});
