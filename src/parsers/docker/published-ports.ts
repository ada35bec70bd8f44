import { z } from "zod";
import { type Parsed, parsed } from "../parsed.ts";
import { readJsonList } from "../support/json.ts";

const port = z.object({ PublicPort: z.number().optional(), Type: z.string() });
const container = z.object({ Ports: z.array(port).nullish() });

/** `GET /containers/json?all=1`: the TCP ports of the host that containers are published on now. */
export function parsePublishedTcpPorts(text: string): Parsed<ReadonlySet<number>> {
  const list = readJsonList(text, container);
  if (!list.ok) return list;
  const ports = list.value.flatMap(({ Ports }) => Ports ?? []);
  const published = ports.flatMap(({ PublicPort, Type }) =>
    Type === "tcp" && PublicPort !== undefined ? [PublicPort] : [],
  );
  return parsed(new Set(published));
}
