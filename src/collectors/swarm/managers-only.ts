import type { SwarmInfo } from "../../model/docker.ts";

/** Why this node lists no services and no tasks; undefined for a manager. */
export function whyNotListed({ isManager, state }: SwarmInfo): string | undefined {
  if (isManager) return undefined;
  return state === "inactive"
    ? "this host is in no swarm"
    : "this node is no manager: only managers list services and tasks";
}
