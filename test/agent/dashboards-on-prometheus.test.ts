import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { proveQueries } from "../../scripts/proof/prove.ts";

const missing = ["prometheus", "openssl"].filter(
  (program) => spawnSync(program, ["--version"]).error !== undefined,
);

test("a real Prometheus has an answer to each query of the dashboards and alerts", async (context) => {
  if (missing.length > 0)
    return context.skip(`missing: ${missing.join(", ")}; apt-get install ${missing.join(" ")}`);
  const { proofs, rules } = await proveQueries();
  const silent = proofs.filter(({ answers }) => answers.length === 0).map((proof) => proof.in);
  expect(silent).toEqual([]);
  expect(rules.filter(({ health }) => health === "err")).toEqual([]);
  const numbers = Object.fromEntries(
    proofs.flatMap((proof) =>
      proof.in.startsWith("Hosts: ") ? [[proof.in, proof.answers[0]?.value]] : [],
    ),
  );
  expect(numbers).toMatchObject({
    "Hosts: critical": 2,
    "Hosts: warning": 1,
    "Hosts: no answer": 1,
  });
}, 120_000);
