import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect } from "vitest";
import type { DashboardData } from "../../cli/dashboard/data.ts";
import { type DashboardServer, serveDashboard } from "../../cli/dashboard/server.ts";
import { test as it } from "../support/fixtures.ts";
import { http } from "../support/page/dashboardServer.ts";

/** What another user of the machine may do to the port, without the token. */
describe("the dashboard's server", () => {
	let server: DashboardServer;
	let port: string;
	let search: string;
	let sockets: Socket[] = [];

	it.beforeAll(async () => {
		const data = { computedAt: new Date().toISOString(), refreshSeconds: 60 } as DashboardData;
		server = await serveDashboard({
			...{ port: 0, assets: { script: "", style: "" }, first: data, isOpen: false },
			compute: () => Promise.resolve(data),
			profile: () => Promise.resolve(undefined),
		});
		({ port, search } = new URL(server.url));
	});

	it.afterEach(() => {
		for (const socket of sockets) socket.destroy();
		sockets = [];
	});

	it.afterAll(() => server.close());

	/** A connection that has sent a text. */
	async function sent(text: string): Promise<Socket> {
		const socket = connect(Number(port), "127.0.0.1");
		sockets.push(socket);
		// One that is refused may be reset.
		socket.on("error", () => undefined);
		await once(socket, "connect");
		socket.write(text);
		return socket;
	}

	/** What it answers until it closes the connection. */
	async function answerTo(socket: Socket): Promise<string> {
		let text = "";
		socket.setEncoding("latin1").on("data", (chunk: string) => {
			text += chunk;
		});
		await new Promise<void>((resolve) => {
			socket.once("close", () => resolve());
		});
		return text;
	}

	const head = (method: string, more = ""): string => `${method} / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${more}\r\n`;

	it.for(["POST", "PUT", "GET"])("%s with a body without end is refused, and no more of it is read", async (method) => {
		const socket = await sent(head(method, "Transfer-Encoding: chunked\r\n"));
		const chunk = `${(1 << 16).toString(16)}\r\n${"x".repeat(1 << 16)}\r\n`;
		let bytes = 0;
		const send = (): void => {
			while (!socket.destroyed && socket.write(chunk)) bytes += chunk.length;
		};
		socket.on("drain", send);
		send();
		expect(await answerTo(socket)).toMatch(/^HTTP\/1\.1 40[15] /);
		// What the system's buffers hold.
		expect(bytes).toBeLessThan(50_000_000);
	});

	it("speaks no other protocol that it is asked to change to", async () => {
		const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
		expect(await answerTo(await sent(head("GET", upgrade)))).toMatch(/^HTTP\/1\.1 401 /);
	});

	it("leads nowhere else, with the token too", async () => {
		for (const path of ["//evil.example/", "/.//evil.example/", "/\\evil.example/", "//"]) {
			const answer = await http(port, { path: `${path}${search}` });
			expect([path, answer.status, answer.headers.location]).toEqual([path, 404, undefined]);
		}
		expect(await http(port, { path: `/data${search}` })).toMatchObject({ status: 303, headers: { location: "/data" } });
	});

	it("ends connections that do not finish their request, however many, and answers again", async () => {
		const all = await Promise.all(Array.from({ length: 300 }, () => sent("GET / HTTP/1.1\r\nHost: ")));
		await Promise.all(all.map(answerTo));
		expect((await http(port, { path: `/${search}` })).status).toBe(303);
	});
});
