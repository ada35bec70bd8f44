import { defineConfig } from "vitest/config";

/** Least coverage in percent per folder: the pure part has no excuse. */
const coverageThresholds = {
  statements: 85,
  branches: 85,
  functions: 85,
  lines: 85,
  "src/model/**": { branches: 100 },
  "src/parsers/**": { branches: 100 },
  "src/derive/**": { branches: 100 },
  "src/checks/**": { branches: 100 },
} as const;

/** One set of hosts at a time: the daemons share this machine's kernel and its cores. */
const hosts = {
  environment: "node",
  pool: "forks",
  maxWorkers: 1,
  fileParallelism: false,
  sequence: { concurrent: false },
  testTimeout: 120_000,
  hookTimeout: 180_000,
} as const;

export default defineConfig({
  test: {
    teardownTimeout: 60_000,
    projects: [
      {
        test: {
          name: "unit",
          environment: "node",
          setupFiles: ["test/support/draw-seed.ts"],
          include: ["test/**/*.test.ts"],
          exclude: ["test/lab/**"],
        },
      },
      {
        test: {
          ...hosts,
          name: "lab",
          include: ["test/lab/**/*.lab.test.ts"],
          exclude: ["test/lab/production/**"],
        },
      },
      {
        // Long scenarios, by `npm run lab -- production` alone.
        test: {
          ...hosts,
          name: "production",
          include: ["test/lab/production/*.lab.test.ts"],
          hookTimeout: 600_000,
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/cli.ts", "src/index.ts"],
      reporter: ["text-summary", "json-summary", "html"],
      thresholds: coverageThresholds,
    },
  },
});
