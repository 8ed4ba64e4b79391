import { expect, test } from "vitest";
import { keepLoopbackFromProxies } from "./loopback.ts";

const own = "localhost,127.0.0.1,::1";

test.for<[said: NodeJS.ProcessEnv, kept: NodeJS.ProcessEnv]>([
	[{}, { no_proxy: own, NO_PROXY: own, no_grpc_proxy: own }],
	[
		{ no_proxy: "a.example, 127.0.0.1" },
		{
			no_proxy: "a.example,127.0.0.1,localhost,::1",
			NO_PROXY: "a.example,127.0.0.1,localhost,::1",
			no_grpc_proxy: "a.example,127.0.0.1,localhost,::1",
		},
	],
	[
		{ NO_PROXY: "b.example", no_grpc_proxy: "c.example" },
		{ no_proxy: `b.example,${own}`, NO_PROXY: `b.example,${own}`, no_grpc_proxy: `c.example,${own}` },
	],
	[
		{ no_proxy: "a.example", NO_PROXY: "b.example" },
		{ no_proxy: `a.example,${own}`, NO_PROXY: `b.example,${own}`, no_grpc_proxy: `a.example,${own}` },
	],
	[{ no_proxy: "*" }, { no_proxy: "*", no_grpc_proxy: own }],
])("%o", ([said, kept]) => {
	const env = { ...said };
	keepLoopbackFromProxies(env);
	expect(env).toEqual(kept);
});
