import { z } from "zod";
import { parseAddress } from "../../model/ip.ts";
import type {
  LinkDetails,
  LinkStatistics,
  MasterPort,
  TrafficCounters,
} from "../../model/link-details.ts";
import { defined } from "../support/defined.ts";

/** IFLA_LINKINFO in the words of `ip -j -d link`. */
export const linkInfoSchema = z.object({
  info_kind: z.string().optional(),
  info_data: z.looseObject({}).optional(),
  info_slave_kind: z.string().optional(),
  info_slave_data: z.looseObject({}).optional(),
});

const counters = z.object({
  bytes: z.number(),
  packets: z.number(),
  errors: z.number(),
  dropped: z.number(),
});

/** IFLA_STATS64 in the words of `ip -j -s link`. */
export const statisticsSchema = z.object({ rx: counters, tx: counters });

type Data = Readonly<Record<string, unknown>>;

/** VXLAN settings that are on or off, in the words of iproute2 (ip/iplink_vxlan.c). */
export const vxlanFlags = [
  "learning",
  "proxy",
  "rsc",
  "l2miss",
  "l3miss",
  "gbp",
  "gpe",
  "vnifilter",
  "localbypass",
] as const;

/** What is particular to the link's kind; absent for other kinds, and where iproute2 left it out (no `-d`). */
export function detailsOf(
  info: z.infer<typeof linkInfoSchema> | undefined,
): LinkDetails | undefined {
  const data = info?.info_data;
  if (data === undefined) return undefined;
  switch (info?.info_kind) {
    case "bridge":
      return defined({
        kind: "bridge",
        stpEnabled: numberIn(data, "stp_state") !== 0,
        vlanFiltering: isOn(data, "vlan_filtering"),
        defaultPvid: numberIn(data, "vlan_default_pvid"),
      });
    case "vxlan":
      return vxlanOf(data);
    case "macvlan":
    case "macvtap": {
      const mode = textIn(data, "mode");
      return mode === undefined ? undefined : { kind: info.info_kind, mode };
    }
    case "ipvlan":
    case "ipvtap":
      return ipvlanOf(info.info_kind, data);
    case "vlan": {
      const vlanId = numberIn(data, "id");
      return vlanId === undefined
        ? undefined
        : defined({ kind: "vlan", vlanId, protocol: textIn(data, "protocol") });
    }
    case "bond":
      return bondOf(data);
    case "vrf": {
      const routeTable = textIn(data, "table") ?? numberIn(data, "table");
      return routeTable === undefined ? undefined : { kind: "vrf", routeTable: String(routeTable) };
    }
    default:
      return undefined;
  }
}

function vxlanOf(data: Data): LinkDetails {
  const external = isOn(data, "external");
  const addressOf = (...keys: readonly string[]) =>
    parseAddress(keys.map((key) => textIn(data, key)).find((text) => text !== undefined) ?? "");
  return defined({
    kind: "vxlan",
    vni: external ? undefined : numberIn(data, "id"),
    local: addressOf("local", "local6"),
    remote: addressOf("remote", "remote6", "group", "group6"),
    underlay: textIn(data, "link"),
    udpPort: numberIn(data, "port"),
    external,
    flags: vxlanFlags.filter((flag) => isOn(data, flag)),
  });
}

function ipvlanOf(kind: "ipvlan" | "ipvtap", data: Data): LinkDetails | undefined {
  const mode = textIn(data, "mode");
  if (mode === undefined) return undefined;
  const isolation = ["bridge", "private", "vepa"].find((word) => isOn(data, word));
  return defined({ kind, mode, isolation });
}

function bondOf(data: Data): LinkDetails | undefined {
  const mode = textIn(data, "mode");
  if (mode === undefined) return undefined;
  return defined({
    kind: "bond",
    mode,
    activePort: textIn(data, "active_slave"),
    miiMonitorMs: numberIn(data, "miimon"),
  });
}

const portStates = ["disabled", "listening", "learning", "forwarding", "blocking"] as const;

/** The link as a port of its bridge, bond or team. */
export function masterPortOf(
  info: z.infer<typeof linkInfoSchema> | undefined,
): MasterPort | undefined {
  const masterKind = info?.info_slave_kind;
  if (masterKind === undefined) return undefined;
  const data = info?.info_slave_data ?? {};
  const portState = portStates.find((state) => state === textIn(data, "state"));
  if (masterKind === "bridge" && portState !== undefined) {
    return {
      kind: "bridge",
      portState,
      hairpinMode: isOn(data, "hairpin"),
      isolated: isOn(data, "isolated"),
    };
  }
  if (masterKind === "bond") {
    return defined({
      kind: "bond",
      state: textIn(data, "state")?.toLowerCase(),
      miiStatus: textIn(data, "mii_status")?.toLowerCase(),
    });
  }
  return { kind: "other", masterKind };
}

export function linkStatisticsOf(
  stats: z.infer<typeof statisticsSchema> | undefined,
): LinkStatistics | undefined {
  if (stats === undefined) return undefined;
  return { received: countersOf(stats.rx), sent: countersOf(stats.tx) };
}

function countersOf({ bytes, packets, errors, dropped }: TrafficCounters): TrafficCounters {
  return { bytes, packets, errors, dropped };
}

function textIn(data: Data, key: string): string | undefined {
  const value = data[key];
  return typeof value === "string" ? value : undefined;
}

function numberIn(data: Data, key: string): number | undefined {
  const value = data[key];
  return typeof value === "number" ? value : undefined;
}

/** true, 1, `on`, or a key without a value, as versions of iproute2 differ. */
function isOn(data: Data, key: string): boolean {
  const value = data[key];
  return value === true || value === 1 || value === "on" || value === null;
}
