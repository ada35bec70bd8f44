import { build, type Plugin } from "esbuild";

/**
 * Everything that docknet runs as one CommonJS file: a single executable takes no other form (no top-level await, no import of files).
 * `import.meta.url`, which some packages ask for their own place, becomes the place of the executable.
 */
export async function bundleForExecutable(outputFile: string): Promise<void> {
  await build({
    entryPoints: ["src/cli.ts"],
    outfile: outputFile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    target: "node24",
    legalComments: "none",
    define: { "import.meta.url": "ownUrl" },
    banner: { js: 'const ownUrl=require("node:url").pathToFileURL(__filename).href;' },
    logLevel: "warning",
    plugins: [englishOnly],
  });
}

/** zod speaks fifty languages, docknet one: a seventh of the executable's code, which every process would hold in memory. */
const englishOnly: Plugin = {
  name: "english-only",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\.\/locales\/index\.js$/ }, () => ({
      path: "zod-locales",
      namespace: "english-only",
    }));
    onLoad({ filter: /.*/, namespace: "english-only" }, () => ({ contents: "export {};" }));
  },
};
