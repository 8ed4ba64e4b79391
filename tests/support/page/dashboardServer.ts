import { request } from "node:http";
import { connect } from "node:net";
import type { RunningCli } from "../cli.ts";

/** Waits for the address that the CLI names once the page can be opened. */
export async function addressOf(running: RunningCli): Promise<string> {
	for (;;) {
		const found = /http:\/\/127\.0\.0\.1:\d+\/(\?token=\w+)?/.exec(running.output().stderr)?.[0];
		if (found !== undefined) return found;
		const ended = await Promise.race([
			running.ended,
			new Promise<undefined>((resolve) => setTimeout(resolve, 50, undefined)),
		]);
		if (ended !== undefined) throw new Error(`pipeline-cli dashboard ended with ${ended.code}:\n${ended.stderr}`);
	}
}

export interface Answer {
	status: number;
	headers: Record<string, string | string[] | undefined>;
}

interface HttpOptions {
	method?: string;
	path?: string;
	host?: string;
	tag?: unknown;
	cookie?: string;
}

/** One request as the test says it; fetch would not send a foreign Host. */
export function http(port: string, { method = "GET", path = "/", host, tag, cookie }: HttpOptions): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const headers = {
			host: host ?? `127.0.0.1:${port}`,
			...(cookie !== undefined && { cookie }),
			...(tag !== undefined && { "if-none-match": String(tag) }),
		};
		const sent = request({ host: "127.0.0.1", port, method, path, headers }, (response) => {
			response.resume();
			response.once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
		});
		sent.once("error", reject);
		sent.end();
	});
}

/** Whether something listens there. */
export function connects(host: string, port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect({ host, port, timeout: 2000 });
		const end = (connected: boolean): void => {
			socket.destroy();
			resolve(connected);
		};
		socket.once("connect", () => end(true));
		socket.once("error", () => end(false));
		socket.once("timeout", () => end(false));
	});
}
