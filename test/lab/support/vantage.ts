import { containerFacts, type LabContainer } from "./containers.ts";
import type { LabHost } from "./lab-host.ts";
import { inHostOf, inNetnsOf } from "./netns-exec.ts";
import type { Outside } from "./outside.ts";
import type { Argv } from "./run-command.ts";

/** From where traffic is sent: runs a program in one network namespace of the lab. */
export interface Vantage {
  readonly name: string;
  readonly enter: (argv: Argv) => Promise<Argv>;
}

/** From the client on the LAN. */
export function fromOutside(outside: Outside): Vantage {
  return { name: "outside", enter: async (argv) => inNetnsOf(outside.pid, argv) };
}

/** From a host itself. */
export function fromHost(host: LabHost): Vantage {
  return { name: host.name, enter: async (argv) => inNetnsOf(host.pid, argv) };
}

/** From inside a container, with the machine's programs: a restarted container is found again. */
export function fromContainer(container: LabContainer): Vantage {
  return {
    name: container.name,
    enter: async (argv) => {
      const { pid } = await containerFacts(container);
      return inHostOf(container.host.pid, inNetnsOf(pid, argv));
    },
  };
}
