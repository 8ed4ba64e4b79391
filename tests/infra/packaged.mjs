// Prints what the program of an installed package asks Pulumi for, as JSON. Arguments: the package's folder; the stack's
// configuration by full key, as JSON; the project's name.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runProgram } from "../../infra/testing/program.ts";

const [, , folder, config, project] = process.argv;
const load = async () => (await import(pathToFileURL(join(folder, "infra", "program.js")).href)).pipeline;
const { resources } = await runProgram(load, { project, stack: "dev", config: JSON.parse(config) });
process.stdout.write(JSON.stringify(resources));
