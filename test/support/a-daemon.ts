import type { RunningDaemon } from "../../src/model/docker.ts";

/** A daemon that runs and manages a swarm. */
export const aDaemon: RunningDaemon = {
  state: "running",
  version: "20.10.24",
  major: 20,
  minor: 10,
  apiVersion: "1.41",
  hostname: "h1",
  engine: { kind: "plain" },
  liveRestore: false,
  warnings: [],
  swarm: { state: "active", isManager: true, remoteManagers: [] },
};
