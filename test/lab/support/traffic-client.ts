// Runs inside a network namespace: sends one piece of traffic, prints what happened as JSON.
import { createSocket } from "node:dgram";
import { get } from "node:http";
import { connect } from "node:net";

interface Outcome {
  readonly reached: boolean;
  readonly text: string;
}

const [kind, address = "", port = "", timeout = "", count = "1"] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await send(Number(port), Number(timeout))));

function send(toPort: number, timeoutMs: number): Promise<Outcome> {
  switch (kind) {
    case "http":
      return httpGet(toPort, timeoutMs);
    case "tcp":
      return tcpConnect(toPort, timeoutMs);
    case "udp":
      return udpEcho(toPort, timeoutMs);
    case "datagrams":
      return sendDatagrams(toPort, Number(count));
    default:
      throw new Error(`unknown traffic "${kind}"`);
  }
}

function httpGet(toPort: number, timeoutMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const end = (outcome: Outcome) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    const url = { host: address, port: toPort, path: "/cgi-bin/client", agent: false } as const;
    const request = get(url, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on("error", (error) => end(failed(error)));
      response.on("end", () => end({ reached: response.statusCode === 200, text }));
    });
    const timer = setTimeout(() => request.destroy(new Error("timeout")), timeoutMs);
    request.on("error", (error) => end(failed(error)));
  });
}

function tcpConnect(toPort: number, timeoutMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: toPort });
    const timer = setTimeout(() => socket.destroy(new Error("timeout")), timeoutMs);
    const end = (outcome: Outcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    socket.on("connect", () => end({ reached: true, text: "" }));
    socket.on("error", (error) => end(failed(error)));
  });
}

function udpEcho(toPort: number, timeoutMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    const timer = setTimeout(() => end(failed(new Error("timeout"))), timeoutMs);
    // A datagram may be lost while a neighbour is resolved: send again until the time is over.
    const repeat = setInterval(() => socket.send("hello"), 250);
    const end = (outcome: Outcome) => {
      clearTimeout(timer);
      clearInterval(repeat);
      socket.close();
      resolve(outcome);
    };
    socket.on("message", (text) => end({ reached: true, text: text.toString() }));
    socket.on("error", (error) => end(failed(error)));
    socket.connect(toPort, address, () => socket.send("hello"));
  });
}

async function sendDatagrams(toPort: number, datagrams: number): Promise<Outcome> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  socket.on("error", () => undefined); // "port unreachable" says nothing about the next datagram
  for (let sent = 0; sent < datagrams; sent += 1) {
    await new Promise((resolve) => socket.send("docknet lab", toPort, address, resolve));
  }
  socket.close();
  return { reached: true, text: "" };
}

function failed(error: Error & { readonly code?: string }): Outcome {
  return { reached: false, text: error.code ?? error.message };
}
