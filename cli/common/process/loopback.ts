/** How this machine's own addresses are named. */
const loopback = ["localhost", "127.0.0.1", "::1"];

/**
 * Keeps what programs say to each other on this machine from the proxies that the environment names: a proxy elsewhere cannot reach
 * it, and a client would wait for that for ever. For this process and those that it starts.
 * @param env changed in place. gRPC has a name of its own for the exceptions; of the other two most programs take the lower one.
 */
export function keepLoopbackFromProxies(env: NodeJS.ProcessEnv): void {
	const { no_proxy: lower, NO_PROXY: upper, no_grpc_proxy: grpc } = env;
	const [said, forGrpc] = [lower || upper || "", grpc || lower || upper || ""];
	// Everything; with more beside it, it would be a name like another.
	if (said.trim() !== "*") {
		env.no_proxy = withLoopback(said);
		env.NO_PROXY = withLoopback(upper || said);
	}
	// gRPC does not know that everything has a sign.
	env.no_grpc_proxy = withLoopback(forGrpc.trim() === "*" ? "" : forGrpc);
}

function withLoopback(exceptions: string): string {
	const named = exceptions.split(",").map((one) => one.trim());
	return [...new Set([...named.filter((one) => one !== ""), ...loopback])].join(",");
}
