import fc from "fast-check";

/**
 * Property tests draw the same values in each run, so that what passes once passes again; `DOCKNET_SEED=random` draws anew and
 * `DOCKNET_SEED=N` repeats a run that failed (its report names the seed).
 */
const given = process.env["DOCKNET_SEED"];
if (given !== "random")
  fc.configureGlobal({ seed: given === undefined ? 20_261_123 : Number(given) });
