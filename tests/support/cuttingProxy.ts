import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface CuttingProxy {
	port: number;
	/** Connections that it has broken. */
	cuts: number;
	/** How long each piece from the server is kept, in milliseconds; each comes after the one before it. */
	delayMs: number;
	/** Breaks all connections. */
	cut(): void;
	/** From now on nothing comes from the server, and nobody says so. */
	freeze(): void;
	close(): Promise<void>;
}

/** A way to a server on this machine that breaks the first connections through which more than so many bytes have come. */
export async function cuttingProxy(to: number, bytes: number, mostCuts: number): Promise<CuttingProxy> {
	const sockets = new Set<Socket>();
	let isFrozen = false;
	const proxy: CuttingProxy = {
		port: 0,
		cuts: 0,
		delayMs: 0,
		cut: () => {
			proxy.cuts += 1;
			for (const socket of sockets) socket.destroy();
		},
		freeze: () => {
			isFrozen = true;
		},
		close,
	};
	const server = createServer((client) => {
		const upstream = connect(to, "127.0.0.1");
		let passed = 0;
		for (const socket of [client, upstream]) {
			sockets.add(socket);
			socket.on("error", () => undefined);
			socket.on("close", () => {
				sockets.delete(socket);
				client.destroy();
				upstream.destroy();
			});
		}
		client.pipe(upstream);
		const pass = (chunk: Buffer): void => {
			if (isFrozen) return;
			passed += chunk.length;
			if (passed > bytes && proxy.cuts < mostCuts) {
				proxy.cuts += 1;
				client.destroy();
				upstream.destroy();
			} else if (!client.write(chunk)) {
				upstream.pause();
				client.once("drain", () => upstream.resume());
			}
		};
		upstream.on("data", (chunk: Buffer) => {
			if (proxy.delayMs === 0) return pass(chunk);
			upstream.pause();
			void sleep(proxy.delayMs).then(() => {
				upstream.resume();
				pass(chunk);
			});
		});
	});
	async function close(): Promise<void> {
		for (const socket of sockets) socket.destroy();
		server.close();
		await once(server, "close");
	}
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("the proxy has no port");
	proxy.port = address.port;
	return proxy;
}
