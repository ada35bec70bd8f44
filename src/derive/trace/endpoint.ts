import { type Address, parseAddress } from "../../model/ip.ts";

/** Who sends or receives, as a person names it. */
export type EndpointName =
  /** A container by name, id or beginning of an id; `network` chooses one of its networks. */
  | {
      readonly kind: "container";
      readonly name: string;
      readonly network?: string;
      readonly port?: number;
    }
  /** This host itself; with a port, also what it publishes there. */
  | { readonly kind: "host"; readonly port?: number }
  /** Somebody on the uplink's network, or a given machine that is none of this host's. */
  | { readonly kind: "outside"; readonly address?: Address; readonly port?: number }
  | { readonly kind: "address"; readonly address: Address; readonly port?: number };

export type Named =
  | { readonly ok: true; readonly value: EndpointName }
  | { readonly ok: false; readonly message: string };

/** The forms of an endpoint, for messages and help. */
export const endpointForms =
  "NAME, ID, NAME@NETWORK, host, outside, outside=ADDRESS or ADDRESS, each with :PORT behind it; [::1]:80 for IPv6";

/** `db:5432`, `web@appnet`, `host:8080`, `outside=198.51.100.7`, `[2001:db8::1]:80`. */
export function parseEndpoint(text: string): Named {
  const outside = text.startsWith("outside=");
  const body = outside ? text.slice("outside=".length) : text;
  const split = splitPort(body);
  if (!split.ok) return odd(text, split.message);
  const { name, port } = split;
  const address = parseAddress(name);
  if (outside) {
    if (address === undefined) return odd(text, `"${name}" is no address`);
    return named({ kind: "outside", address, ...port });
  }
  if (address !== undefined) return named({ kind: "address", address, ...port });
  if (split.bracketed) return odd(text, `"${name}" is no IPv6 address`);
  if (name === "host") return named({ kind: "host", ...port });
  if (name === "outside") return named({ kind: "outside", ...port });
  return container(text, name, port);
}

interface Port {
  readonly port?: number;
}

function container(text: string, name: string, port: Port): Named {
  const [own = "", network, ...more] = name.split("@");
  // Docker takes nothing else into names (daemon/names); what looks like an address and is none is a slip.
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(own) || more.length > 0) return odd(text, "");
  if (/^[\d.]+$/.test(own) && own.includes(".")) return odd(text, `"${own}" is no address`);
  if (network === "") return odd(text, "the network after @ is missing");
  return named({
    kind: "container",
    name: own,
    ...(network === undefined ? {} : { network }),
    ...port,
  });
}

type Split =
  | {
      readonly ok: true;
      readonly name: string;
      readonly port: Port;
      readonly bracketed?: true;
    }
  | { readonly ok: false; readonly message: string };

function splitPort(text: string): Split {
  const inBrackets = /^\[([^\]]*)\](?::(.*))?$/s.exec(text);
  if (inBrackets !== null) {
    const [, name = "", port] = inBrackets;
    return withPort({ name, port, bracketed: true });
  }
  const colon = text.lastIndexOf(":");
  // An IPv6 address without brackets has no port.
  if (colon < 0 || parseAddress(text) !== undefined) return { ok: true, name: text, port: {} };
  return withPort({ name: text.slice(0, colon), port: text.slice(colon + 1) });
}

function withPort(so: {
  readonly name: string;
  readonly port: string | undefined;
  readonly bracketed?: true;
}): Split {
  const { name, port } = so;
  const mark = so.bracketed === undefined ? {} : { bracketed: so.bracketed };
  if (port === undefined) return { ok: true, name, port: {}, ...mark };
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > 65_535) return { ok: false, message: `"${port}" is no port` };
  return { ok: true, name, port: { port: number }, ...mark };
}

function named(value: EndpointName): Named {
  return { ok: true, value };
}

function odd(text: string, why: string): Named {
  const because = why === "" ? "" : `: ${why}`;
  return { ok: false, message: `"${text}" is no endpoint${because}\nendpoints: ${endpointForms}` };
}
