import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stripSecrets } from "../../src/host/strip-secrets.ts";

const secret = "s3cret";
/** Where the API puts what a person keeps to himself. */
const secretKeys = ["Env", "Args", "Command", "Labels", "Secrets", "Configs", "Mounts", "Hosts"];

describe("stripSecrets of a swarm", () => {
  test("lets nothing of what a service is started with through, wherever it stands", () => {
    const hidden = fc.constantFrom<unknown>(secret, [secret], { a: secret }, [{ Name: secret }]);
    const spec = fc.dictionary(fc.constantFrom(...secretKeys), hidden);
    fc.assert(
      fc.property(spec, spec, spec, (one, two, three) => {
        const ContainerSpec = { ...one, Image: secret };
        const Spec = { Name: "web", ...two, TaskTemplate: { ...three, ContainerSpec } };
        const status = { State: "failed", Err: `exec: "${secret}": not found`, ...one };
        const answer = JSON.stringify([
          stripSecrets(
            "/services",
            JSON.parse(JSON.stringify([{ ID: "a", Spec, PreviousSpec: Spec, ...two }])),
          ),
          stripSecrets(
            "/tasks",
            JSON.parse(JSON.stringify([{ ID: "t", ...three, Spec, Status: status }])),
          ),
        ]);
        expect(answer).not.toContain(secret);
        expect(answer).toContain("web");
      }),
    );
  });

  test("keeps why a task has no address", () => {
    const tasks = [
      { ID: "t", Status: { Err: "could not find an available IP address" } },
      { ID: "u" },
    ];
    expect(stripSecrets("/tasks", tasks)).toEqual(tasks);
  });
});
