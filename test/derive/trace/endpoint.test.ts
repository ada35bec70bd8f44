import { expect, test } from "vitest";
import { endpointForms, parseEndpoint } from "../../../src/derive/trace/endpoint.ts";

test.each([
  ["db", { kind: "container", name: "db" }],
  ["db:5432", { kind: "container", name: "db", port: 5432 }],
  ["db@appnet:5432", { kind: "container", name: "db", network: "appnet", port: 5432 }],
  ["4f2a9c1b", { kind: "container", name: "4f2a9c1b" }],
  ["host", { kind: "host" }],
  ["host:8080", { kind: "host", port: 8080 }],
  ["outside", { kind: "outside" }],
  ["outside:443", { kind: "outside", port: 443 }],
  ["outside=198.51.100.7", { kind: "outside", address: "198.51.100.7" }],
  ["outside=[2001:db8::7]:443", { kind: "outside", address: "2001:db8::7", port: 443 }],
  ["172.20.0.3:80", { kind: "address", address: "172.20.0.3", port: 80 }],
  ["2001:DB8::0:1", { kind: "address", address: "2001:db8::1" }],
  ["[2001:db8::1]:80", { kind: "address", address: "2001:db8::1", port: 80 }],
])("%s is read", (text, value) => {
  expect(parseEndpoint(text)).toEqual({ ok: true, value });
});

test.each([
  ["", ""],
  ["db:", ': "" is no port'],
  ["db:70000", ': "70000" is no port'],
  ["db@", ": the network after @ is missing"],
  ["db@a@b", ""],
  ["300.1.1.1:80", ': "300.1.1.1" is no address'],
  ["[db]:80", ': "db" is no IPv6 address'],
  ["outside=db", ': "db" is no address'],
  ["-x", ""],
  ["a\u001b[31m", ""],
])("%j is refused with the forms that there are", (text, why) => {
  expect(parseEndpoint(text)).toEqual({
    ok: false,
    message: `"${text}" is no endpoint${why}\nendpoints: ${endpointForms}`,
  });
});
