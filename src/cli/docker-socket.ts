import type { Selected } from "./selection.ts";

export const defaultDockerSocket = "/var/run/docker.sock";

/** Path of the Docker socket: --docker-host, then DOCKER_HOST, then the default. docknet looks at its own host only. */
export function dockerSocket(
  flag: string | undefined,
  variable: string | undefined,
): Selected<string> {
  if (flag !== undefined) return socketPath(flag, "--docker-host");
  if (variable !== undefined && variable !== "") return socketPath(variable, "DOCKER_HOST");
  return { ok: true, value: defaultDockerSocket };
}

function socketPath(text: string, origin: string): Selected<string> {
  const path = text.startsWith("unix://") ? text.slice("unix://".length) : undefined;
  if (path?.startsWith("/") === true) return { ok: true, value: path };
  const message = `${origin} is "${text}": docknet reads the Docker Engine of its own host, over its unix socket`;
  return { ok: false, message: `${message}; give --docker-host unix://${defaultDockerSocket}` };
}
