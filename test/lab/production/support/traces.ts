import { type Machine, mustOnMachine } from "./machine.ts";

/** What an installation could leave on a machine. */
export interface Traces {
  /** `TYPE MODE OWNER PATH` of everything below the root that does not come and go by itself. */
  readonly files: readonly string[];
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly units: readonly string[];
  readonly packages: readonly string[];
}

/** Logs, dpkg's and systemd's own notes, and what lives in memory. */
const passing = [
  "/dev",
  "/proc",
  "/run",
  "/srv/share",
  "/sys",
  "/tmp",
  "/var/cache",
  "/var/lib/apt",
  "/var/lib/dpkg/*-old",
  "/var/lib/systemd/random-seed",
  "/var/lib/systemd/timers",
  "/var/log",
  "/var/tmp/systemd-private-*",
];

/** The user that useradd's lock and its backups of the lists of users stay behind is adduser's way, for any package. */
const ofAdduser = /\/etc\/(\.pwd\.lock|(passwd|shadow|group|gshadow|subuid|subgid)-)$/;

export async function tracesOn(machine: Machine): Promise<Traces> {
  const lines = async (line: string) => (await mustOnMachine(machine, line)).split("\n").sort();
  const prune = passing.map((path) => `-path '${path}'`).join(" -o ");
  const files = await lines(`find / \\( ${prune} \\) -prune -o -printf '%y %m %u:%g %p\\n'`);
  return {
    files: files.filter((line) => !ofAdduser.test(line)),
    users: await lines("cat /etc/passwd"),
    groups: await lines("cat /etc/group"),
    units: await lines(
      "systemctl list-unit-files --no-legend --no-pager | sed 's/  */ /g'; systemctl list-units --all --no-legend --plain --no-pager 'docknet*'",
    ),
    packages: await lines("dpkg --get-selections"),
  };
}
