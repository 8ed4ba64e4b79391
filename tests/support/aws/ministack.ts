import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { poll } from "../../../cli/common/poll.ts";
import { validatorPython } from "../../infra/validators.ts";
import { freePort } from "../servers/testServer.ts";

export interface MiniStack {
	url: string;
	stop(): Promise<void>;
}

/** A MiniStack on a free loopback port: real S3, a Glue catalog, Athena on DuckDB. https://pypi.org/project/ministack/ */
export async function startMiniStack(folder: string): Promise<MiniStack> {
	const port = await freePort();
	const child = spawn(join(dirname(await validatorPython()), "ministack"), {
		cwd: folder,
		env: { ...process.env, BIND_HOST: "127.0.0.1", GATEWAY_PORT: String(port) },
		stdio: ["ignore", "ignore", "pipe"],
	});
	let log = "";
	child.stderr.on("data", (text) => {
		log = `${log}${text}`.slice(-4000);
	});
	const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
	const url = `http://127.0.0.1:${port}`;
	await poll({ firstMs: 100 }, () => {
		if (child.exitCode !== null) throw new Error(`MiniStack ended: ${log}`);
		return fetch(url).then(
			() => true,
			() => undefined,
		);
	});
	return {
		url,
		async stop() {
			child.kill("SIGTERM");
			await ended;
		},
	};
}
