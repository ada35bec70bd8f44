import { expect, test } from "vitest";
import { networkCountersOf } from "../../../src/model/counters/network-counters.ts";

test("names the counters that decide something, and keeps every one", () => {
  const groups = {
    Ip: { InReceives: 9, ForwDatagrams: 4, OutNoRoutes: 1, OutDiscards: 2, InDiscards: 3 },
    Udp6: { InDatagrams: 5, NoPorts: 1, InErrors: 2, RcvbufErrors: 2 },
    TcpExt: { ListenOverflows: 6, ListenDrops: 7, IPReversePathFilter: 8 },
  };
  expect(networkCountersOf(groups, [])).toStrictEqual({
    softnet: [],
    ip: [
      {
        family: "ipv4",
        received: 9,
        delivered: 0,
        forwarded: 4,
        sent: 0,
        withoutRoute: 1,
        headerErrors: 0,
        addressErrors: 0,
        discarded: 5,
        fragmentationFailed: 0,
        reassemblyFailed: 0,
      },
    ],
    udp: [
      {
        family: "ipv6",
        received: 5,
        sent: 0,
        withoutListener: 1,
        receiveErrors: 2,
        receiveBufferFull: 2,
        sendBufferFull: 0,
        checksumErrors: 0,
      },
    ],
    listening: { overflows: 6, drops: 7 },
    reversePathFiltered: 8,
    groups,
  });
  const none = networkCountersOf({}, []);
  expect([none.ip, none.listening]).toStrictEqual([[], { overflows: 0, drops: 0 }]);
});
