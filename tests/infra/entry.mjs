// Loads the program as Pulumi starts it (`nodeargs: --import=tsx`), against the mock engine, and prints its outputs.
// Arguments: the stack's configuration by full key, as JSON; the project's name.
import pulumi from "@pulumi/pulumi";
import { mockedCall, mockedId, mockedState } from "../../infra/testing/mockedCloud.ts";

await pulumi.runtime.setMocks(
	{
		newResource: ({ type, name, inputs }) => ({ id: mockedId(type, name), state: mockedState(type, name, inputs) }),
		call: ({ token, inputs }) => mockedCall(token, inputs),
	},
	process.argv[3],
	"dev",
);
pulumi.runtime.setAllConfig(JSON.parse(process.argv[2]));
const { pipeline } = await import("../../infra/index.ts");
pipeline.apply((outputs) => process.stdout.write(JSON.stringify(outputs)));
await pulumi.runtime.disconnect();
