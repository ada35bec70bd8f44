#!/usr/bin/env node
import { endOnFault, main } from "./cli/main.ts";

process.on("uncaughtException", endOnFault);
// No top-level await: the single executable is one CommonJS file, which has none.
void main(process.argv).then((exitCode) => {
  process.exitCode = exitCode;
});
