/** The environment in a company's network, whose proxy cannot reach this machine's loopback, and with no exception from it. */
export const deadProxies: Readonly<Record<string, string>> = {
	...Object.fromEntries(
		["http_proxy", "https_proxy", "all_proxy", "grpc_proxy"].flatMap((name) =>
			[name, name.toUpperCase()].map((one) => [one, "http://127.0.0.1:9"]),
		),
	),
	...{ no_proxy: "", NO_PROXY: "", no_grpc_proxy: "" },
};
