import { writeFileSync } from "node:fs";
import { proofPage } from "./proof/proof-page.ts";
import { proveQueries } from "./proof/prove.ts";

// Asks every query of the dashboards and alerts, and writes the answers down.
const { proofs } = await proveQueries();
writeFileSync(new URL("../docs/proof.md", import.meta.url), proofPage(proofs));
