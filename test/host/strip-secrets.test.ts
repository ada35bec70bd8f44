import { describe, expect, test } from "vitest";
import { stripSecrets } from "../../src/host/strip-secrets.ts";

describe("stripSecrets", () => {
  test("keeps of a container what docknet reads, and none of what it was started with", () => {
    const container = {
      Id: "0bcf",
      Name: "/web",
      Path: "nginx",
      Args: ["--token", "s3cret"],
      State: { Status: "running", Pid: 7, Health: { Log: [{ Output: "s3cret" }] } },
      Mounts: [{ Source: "/home/ann" }],
      Config: {
        Hostname: "web",
        Env: ["TOKEN=s3cret"],
        Cmd: ["--token", "s3cret"],
        Entrypoint: ["s3cret"],
        Labels: { "com.example": "s3cret" },
        ExposedPorts: { "80/tcp": {} },
      },
      HostConfig: {
        Binds: ["/home/ann:/srv"],
        LogConfig: { Config: { "splunk-token": "s3cret" } },
        NetworkMode: "web",
      },
      NetworkSettings: { SandboxKey: "/var/run/docker/netns/0bcf", Networks: {} },
    };
    expect(stripSecrets("/containers/0bcf/json", container)).toEqual({
      Id: "0bcf",
      Name: "/web",
      State: { Status: "running", Pid: 7 },
      Config: { Hostname: "web", ExposedPorts: { "80/tcp": {} } },
      HostConfig: { NetworkMode: "web" },
      NetworkSettings: { SandboxKey: "/var/run/docker/netns/0bcf", Networks: {} },
    });
  });

  test.each([
    ["driver failed programming external connectivity: port is already allocated", "kept"],
    ['OCI runtime create failed: exec: "--token=s3cret": executable file not found', "cut"],
  ])("of %s, an error at start, all is %s", (text, fate) => {
    const container = { Id: "0bcf", State: { Status: "exited", Error: text } };
    expect(stripSecrets("/containers/0bcf/json", container)).toEqual({
      Id: "0bcf",
      State: { Status: "exited", Error: fate === "kept" ? text : "" },
    });
  });

  test("keeps of a list of containers neither commands nor labels", () => {
    const listed = {
      Id: "0bcf",
      Names: ["/web"],
      Command: "run --token s3cret",
      Labels: { a: "b" },
    };
    expect(stripSecrets("/containers/json?all=1", [listed])).toEqual([
      { Id: "0bcf", Names: ["/web"] },
    ]);
  });

  test("keeps of the engine neither proxies nor registries, and labels without values", () => {
    const info = {
      Name: "h1",
      HttpProxy: "http://ann:s3cret@proxy",
      HttpsProxy: "http://ann:s3cret@proxy",
      NoProxy: "10.0.0.0/8",
      RegistryConfig: { Mirrors: ["https://ann:s3cret@mirror"] },
      Labels: ["zone=s3cret"],
    };
    expect(stripSecrets("/info", info)).toEqual({
      Name: "h1",
      NoProxy: "10.0.0.0/8",
      Labels: ["zone"],
    });
  });

  test("blanks values of labels and what is called a secret, and drops Env, at every depth", () => {
    const nodes = [
      {
        Spec: { Labels: { zone: "s3cret" }, Role: "worker" },
        Description: { Engine: { Env: ["A=s3cret"], EngineVersion: "20.10" } },
        Options: { "weave.password": "s3cret", mtu: "1400", missing: null },
        Labels: null,
      },
    ];
    expect(stripSecrets("/nodes", nodes)).toEqual([
      {
        Spec: { Labels: { zone: "" }, Role: "worker" },
        Description: { Engine: { EngineVersion: "20.10" } },
        Options: { "weave.password": "", mtu: "1400", missing: null },
        Labels: null,
      },
    ]);
  });

  test.each(["/info", "/containers/a/json", "/containers/json?all=1", "/networks"])(
    "leaves an answer to %s that is no object as it is",
    (path) => {
      expect(stripSecrets(path, "text")).toEqual("text");
    },
  );
});
