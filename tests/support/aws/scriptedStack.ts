import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { main } from "../../../cli/run.ts";
import type { PipelineOutputs } from "../../../infra/outputs.ts";
import { AthenaScript } from "./athena.ts";
import { DmsScript } from "./dms.ts";
import { AwsEndpoint } from "./endpoint.ts";
import { GlueScript } from "./glue.ts";
import { ScriptedStream } from "./kinesis.ts";
import { IdentityScript, LogsScript, MetricsScript, SmallServices } from "./others.ts";
import { outputs } from "./outputs.ts";
import { RedshiftScript } from "./redshiftData.ts";
import { S3Script } from "./s3.ts";

export interface Ran {
	code: number;
	out: string;
	err: string;
}

/** A deployed stack `dev` on a scripted endpoint where every service is well, until a test says otherwise. */
export class ScriptedStack {
	readonly endpoint: AwsEndpoint;
	readonly dms: DmsScript;
	readonly glue: GlueScript;
	readonly athena: AthenaScript;
	readonly redshift: RedshiftScript;
	readonly s3: S3Script;
	readonly logs: LogsScript;
	readonly metrics: MetricsScript;
	readonly stream: ScriptedStream;
	readonly identity: IdentityScript;
	readonly others: SmallServices;
	/** File of the outputs. */
	readonly file: string;
	readonly #folder: string;
	readonly #before = { ...process.env };

	private constructor(endpoint: AwsEndpoint, folder: string) {
		this.endpoint = endpoint;
		this.dms = new DmsScript(endpoint);
		this.glue = new GlueScript(endpoint);
		this.athena = new AthenaScript(endpoint);
		this.redshift = new RedshiftScript(endpoint);
		this.s3 = new S3Script(endpoint);
		this.logs = new LogsScript(endpoint);
		this.metrics = new MetricsScript(endpoint);
		this.stream = new ScriptedStream(endpoint);
		this.identity = new IdentityScript(endpoint);
		this.others = new SmallServices(endpoint);
		this.#folder = folder;
		this.file = join(folder, "outputs.json");
	}

	/** @param folder for its outputs and credentials. */
	static async create(folder: string): Promise<ScriptedStack> {
		const stack = new ScriptedStack(await AwsEndpoint.start(), folder);
		await stack.deploy({});
		await writeFile(
			join(folder, "credentials"),
			"[work]\naws_access_key_id = AKIDWORK\naws_secret_access_key = secretwork\n",
		);
		Object.assign(process.env, stack.env());
		return stack;
	}

	/** Writes the outputs, changed in some parts. */
	async deploy(changes: Partial<PipelineOutputs>): Promise<void> {
		await writeFile(this.file, JSON.stringify({ pipeline: { ...outputs, ...changes } }));
	}

	/** Environment of a CLI that acts on this stack and finds no other. */
	env(): Record<string, string> {
		return {
			...this.endpoint.env(),
			AWS_MAX_ATTEMPTS: "2",
			AWS_SHARED_CREDENTIALS_FILE: join(this.#folder, "credentials"),
			PIPELINE_HOME: join(this.#folder, "home"),
			CI: "",
		};
	}

	/** Runs the CLI within this process. */
	run(...args: string[]): Promise<Ran> {
		return runMain([...args, "--outputs", this.file]);
	}

	/** Runs with `--json` and parses what came. */
	async json<T = Record<string, unknown>>(...args: string[]): Promise<{ code: number; document: T; err: string }> {
		const { code, out, err } = await this.run(...args, "--json");
		return { code, document: JSON.parse(out) as T, err };
	}

	/** Takes the environment back, and closes the endpoint. */
	async close(): Promise<void> {
		for (const name of Object.keys(process.env)) if (!(name in this.#before)) delete process.env[name];
		Object.assign(process.env, this.#before);
		await this.endpoint.close();
	}
}

/** Runs the CLI within this process, in the environment as it is. */
export async function runMain(args: readonly string[]): Promise<Ran> {
	const ran: Ran = { code: -1, out: "", err: "" };
	const [out, err] = [process.stdout.write, process.stderr.write];
	process.stdout.write = gather((text) => {
		ran.out += text;
	});
	process.stderr.write = gather((text) => {
		ran.err += text;
	});
	try {
		const leave = (code: number): void => {
			throw new Error(`left with ${code}`);
		};
		ran.code = await main([...args], leave);
	} finally {
		process.stdout.write = out;
		process.stderr.write = err;
	}
	return ran;
}

function gather(take: (text: string) => void): typeof process.stdout.write {
	return ((text: string | Uint8Array, ...rest: unknown[]): boolean => {
		take(String(text));
		const done = rest.at(-1);
		if (typeof done === "function") done();
		return true;
	}) as typeof process.stdout.write;
}
