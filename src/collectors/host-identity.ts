import { known, unknown } from "../model/facts.ts";
import { parseOsRelease } from "../parsers/os-release.ts";
import { parseSingleLine } from "../parsers/plain-text.ts";
import { ask } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";

/** Host name, kernel and distribution. A host without os-release(5) has no distribution. */
export const hostIdentity = defineCollector({
  fact: "hostIdentity",
  title: "Host name, kernel and distribution",
  reads: [
    {
      what: "cat /proc/sys/kernel/hostname",
      needs: [],
      withoutIt: "the host's name",
      loses: "fact",
    },
    {
      what: "cat /proc/sys/kernel/osrelease",
      needs: [],
      withoutIt: "the kernel's release",
      loses: "fact",
    },
    { what: "cat /etc/os-release", needs: [], withoutIt: "the distribution", loses: "part" },
  ],
  needs: [],
  async collect(host, { now }) {
    const [hostname, kernel, release] = await Promise.all([
      ask(host, { kind: "file", path: "/proc/sys/kernel/hostname" }, parseSingleLine),
      ask(host, { kind: "file", path: "/proc/sys/kernel/osrelease" }, parseSingleLine),
      ask(host, { kind: "file", path: "/etc/os-release" }, parseOsRelease),
    ]);
    if (!hostname.ok) return unknown(hostname.failure);
    if (!kernel.ok) return unknown(kernel.failure);
    const named = { hostname: hostname.value, kernel: kernel.value };
    const sources = [...hostname.sources, ...kernel.sources];
    if (!release.ok) return known(named, { at: now, sources });
    return known(
      { ...named, ...release.value },
      { at: now, sources: [...sources, ...release.sources], ignored: release.ignored },
    );
  },
});
