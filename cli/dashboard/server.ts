import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { messageOf, PipelineError } from "../common/errors.ts";
import type { DashboardData, TableProfile } from "./data.ts";
import { dashboardDocument, dataTag, type PageAssets } from "./document.ts";

export interface DashboardServer {
	url: string;
	close(): Promise<void>;
}

export interface ServerOptions {
	/** 0 picks a free one. */
	port: number;
	assets: PageAssets;
	/** What is shown until it is time for newer data. */
	first: DashboardData;
	compute: () => Promise<DashboardData>;
	/** What is in a table's columns; undefined where there is no such table. */
	profile: (table: string) => Promise<TableProfile | undefined>;
	/** Whether whoever reaches the port may read; else only who has the token of the address. */
	isOpen: boolean;
}

/** Where something is served. */
const paths = ["/", "/data", "/profile"];

/** A browser keeps six at most. Other users reach the port, too: theirs must not take all files that this process may open. */
const mostConnections = 100;

/** Milliseconds for the head of a request, and between looks at who is too slow: on this machine it comes immediately. */
const slow = { headersTimeout: 5_000, connectionsCheckingInterval: 1_000 };

/**
 * Serves the dashboard on 127.0.0.1: `/` is the page, `/data` its data as JSON. There is nothing to write to. A request
 * under another host name is refused, so that no web site can reach the data by a name of its own that
 * resolves to this machine (DNS rebinding). Other users of the machine reach the port, too: the address has a token, which
 * becomes a cookie.
 * @returns an address with the token.
 */
export async function serveDashboard({
	port,
	assets,
	first,
	compute,
	profile,
	isOpen,
}: ServerOptions): Promise<DashboardServer> {
	const latest = latestOf(first, compute);
	const profiles = new Map<string, Promise<TableProfile | undefined>>();
	const token = isOpen ? undefined : randomBytes(16).toString("hex");
	let origin = "";
	const server = createServer(slow, (request, response) => {
		answer(request, response).catch((error) => {
			send(response, 500, "text/plain; charset=utf-8", messageOf(error));
		});
	});

	server.maxConnections = mostConnections;

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const plain = "text/plain; charset=utf-8";
		const { port: own } = server.address() as AddressInfo;
		if (![`127.0.0.1:${own}`, `localhost:${own}`].includes(request.headers.host ?? "")) {
			send(response, 403, plain, `The dashboard is available only at ${origin}.`);
			return;
		}
		if (request.method !== "GET" && request.method !== "HEAD") {
			response.setHeader("Allow", "GET, HEAD");
			send(response, 405, plain, "The dashboard is read-only.");
			return;
		}
		// Not as an address that a browser would resolve: what begins with two slashes names another host.
		const [path = "", query] = (request.url ?? "").split("?", 2);
		const searchParams = new URLSearchParams(query);
		if (!paths.includes(path)) {
			send(response, 404, plain, `The only paths are ${paths.join(", ")}.`);
			return;
		}
		if (token !== undefined) {
			const cookie = `dashboard-${own}`;
			if (isToken(searchParams.get("token"), token)) {
				response.setHeader("Set-Cookie", `${cookie}=${token}; Path=/; HttpOnly; SameSite=Strict`);
				// So that the token is not in what the page shows as its address.
				response.setHeader("Location", path);
				send(response, 303, undefined, "");
				return;
			}
			if (!isToken(cookieOf(request, cookie), token)) {
				send(
					response,
					401,
					plain,
					"Open the address that pipeline-cli dashboard printed. It contains the token that this page requires.",
				);
				return;
			}
		}
		if (path === "/") {
			// The page asks for newer data by itself, where these are old.
			const { html, policy } = dashboardDocument(latest.known(), assets, true);
			response.setHeader("Content-Security-Policy", policy);
			send(response, 200, "text/html; charset=utf-8", html);
		} else if (path === "/data") {
			const data = await latest.fresh();
			const tag = dataTag(data);
			response.setHeader("ETag", tag);
			if (request.headers["if-none-match"] === tag) send(response, 304, undefined, "");
			else send(response, 200, "application/json; charset=utf-8", JSON.stringify(data));
		} else {
			const found = await profileOf(searchParams.get("table") ?? "");
			if (found === undefined) send(response, 404, plain, "The catalog has no such table.");
			else send(response, 200, "application/json; charset=utf-8", JSON.stringify(found));
		}
	}

	/** It reads the whole table: whoever asks while it does so gets the same answer. */
	function profileOf(table: string): Promise<TableProfile | undefined> {
		const running = profiles.get(table) ?? profile(table).finally(() => profiles.delete(table));
		profiles.set(table, running);
		return running;
	}

	await listen(server, port);
	origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
	return {
		url: token === undefined ? origin : `${origin}?token=${token}`,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

/** Compares in the same time whatever is wrong. */
function isToken(given: string | null | undefined, token: string): boolean {
	const [a, b] = [Buffer.from(given ?? ""), Buffer.from(token)];
	return a.length === b.length && timingSafeEqual(a, b);
}

function cookieOf(request: IncomingMessage, name: string): string | undefined {
	const pairs = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim().split("="));
	return pairs.find(([key]) => key === name)?.[1];
}

function send(response: ServerResponse, status: number, type: string | undefined, body: string): void {
	if (response.headersSent) {
		response.destroy();
		return;
	}
	// What a refused request would still send is not read.
	if (status >= 400) response.setHeader("Connection", "close");
	response.statusCode = status;
	if (type !== undefined) response.setHeader("Content-Type", type);
	response.setHeader("Cache-Control", "no-store");
	response.setHeader("X-Content-Type-Options", "nosniff");
	response.setHeader("Referrer-Policy", "no-referrer");
	response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
	response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
	response.end(body);
}

interface Latest {
	/** What is there, immediately. */
	known(): DashboardData;
	/** What is there while that is fresh enough, else computed again; however many ask, once at a time. */
	fresh(): Promise<DashboardData>;
}

function latestOf(first: DashboardData, compute: () => Promise<DashboardData>): Latest {
	let last = first;
	let running: Promise<DashboardData> | undefined;
	return {
		known: () => last,
		fresh: () => {
			// A page asks again after refreshSeconds, by a clock that may tick a little faster.
			if (Date.now() - Date.parse(last.computedAt) < last.refreshSeconds * 900) return Promise.resolve(last);
			running ??= compute()
				.then((data) => {
					last = data;
					return data;
				})
				.finally(() => {
					running = undefined;
				});
			return running;
		},
	};
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", (error: NodeJS.ErrnoException) => {
			const taken = error.code === "EADDRINUSE" || error.code === "EACCES";
			reject(
				taken
					? new PipelineError("usage", {
							what: `Port ${port} cannot be used: ${error.code === "EACCES" ? "it is reserved" : "another program uses it"}.`,
							fix: "Choose another port, or omit --port to use a free one.",
							next: "pipeline-cli dashboard",
						})
					: error,
			);
		});
		server.listen(port, "127.0.0.1", () => resolve());
	});
}
