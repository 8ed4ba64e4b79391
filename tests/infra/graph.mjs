// Prints what the program asks Pulumi for, as JSON. Argument: the stack.
import { deployed } from "../../infra/testing/deployed.ts";

const { resources } = await deployed(process.argv[2]);
process.stdout.write(JSON.stringify(resources));
