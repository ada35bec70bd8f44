import { type Exposure, exposure } from "../../src/derive/exposure/exposure.ts";
import type { ExposedPort } from "../../src/model/exposure/exposure-report.ts";
import type { HostBuilder } from "./a-host.ts";

export function exposureOn(host: HostBuilder): Exposure {
  return exposure(host.facts());
}

/** Every port of a built host with who reaches it: `0.0.0.0:8080/tcp web` → `anyone`, `host, by route lan`, `nobody to lan`. */
export function levelsOn(host: HostBuilder): Readonly<Record<string, string>> {
  return Object.fromEntries(
    exposureOn(host).ports.map((port) => [
      `${port.boundTo}:${port.hostPort}/${port.protocol} ${port.name}`,
      levelText(port),
    ]),
  );
}

function levelText({ level, perhaps, byRoute }: ExposedPort): string {
  const range = perhaps === undefined ? level : `${level} to ${perhaps}`;
  return byRoute === undefined ? range : `${range}, by route ${byRoute}`;
}

/** The ways to one port, in one line each: from where to which address, what became of it, and what decided. */
export function waysOn(host: HostBuilder, hostPort: number): readonly string[] {
  return exposureOn(host)
    .ports.filter((port) => port.hostPort === hostPort)
    .flatMap(({ addresses }) =>
      addresses.flatMap(({ address, ways }) =>
        ways.map(({ from, outcome, by = "", text = "" }) => {
          const who = [from.kind, from.prefix ?? "", from.link ?? ""].filter(Boolean).join(" ");
          return `${who} → ${address}: ${outcome} ${by}: ${text}`;
        }),
      ),
    );
}
