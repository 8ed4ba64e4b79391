// Pulumi loads a pack by `require`; the policies are ES modules in TypeScript.
module.exports = import("tsx/esm/api").then(({ tsImport }) => tsImport("./serve.ts", __filename));
