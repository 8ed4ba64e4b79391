import type { Connection } from "mysql2/promise";
import { z } from "zod";
import type { PipelineOutputs } from "../../../infra/outputs.ts";
import { errorCode, messageOf, PipelineError } from "../../common/errors.ts";
import { type JsonKind, parseJson } from "../../common/jsonFile.ts";
import type { SourceAccess } from "../mysql/access.ts";
import { runChecks } from "../mysql/checks.ts";
import { clientOptions } from "../mysql/connection.ts";
import { openConnection, wholeAnswers } from "../mysql/open.ts";
import { countRows, serverVersion } from "../mysql/server.ts";
import { PlannedStop } from "../plan.ts";
import type { Check, Source, SourceConnection, SourceStatus } from "../port.ts";
import { openDefinition } from "../shared/definition.ts";
import type { Clients } from "./client/clients.ts";
import { dmsSourceChecks } from "./dmsSource.ts";

/** Milliseconds until a server that does not answer counts as unreachable: a private address never answers. */
const connectTimeout = 5_000;

/** Milliseconds of a statement that cleans up after an abort. */
const cleanUpWithin = 1_500;

/** Checks of settings that the local replicator needs and DMS does not. */
const localOnly = ["binlog_row_metadata"];

/** The source database, by its secret and over TLS; from outside its network through a tunnel. */
export class AwsSource implements Source {
	readonly #clients: Clients;
	readonly #deployment: PipelineOutputs;

	constructor(clients: Clients, deployment: PipelineOutputs) {
		this.#clients = clients;
		this.#deployment = deployment;
	}

	async status(): Promise<SourceStatus> {
		const access = await this.#access();
		const address = `${access.host}:${access.port}`;
		let connection: SourceConnection;
		try {
			connection = await this.#open(access);
		} catch (error) {
			if (error instanceof PipelineError && error.outcome === "failure") {
				return { state: "unreachable", address, problem: error.text };
			}
			throw error;
		}
		try {
			const version = await serverVersion(connection);
			return { state: "running", address, version, schemas: await countRows(connection, access.schemas) };
		} finally {
			await connection.close();
		}
	}

	async checks(): Promise<Check[]> {
		const access = await this.#access();
		const connection = await this.#open(access);
		try {
			const { timeZone } = this.#deployment.source;
			return [
				...(await runChecks(connection, access)).filter(({ name }) => !localOnly.includes(name)),
				...(await dmsSourceChecks(connection, access.schemas, timeZone ?? undefined)),
			];
		} finally {
			await connection.close();
		}
	}

	async connect(): Promise<SourceConnection> {
		return this.#open(await this.#access());
	}

	async #access(): Promise<SourceAccess> {
		const { secretArn } = this.#deployment.source;
		const client = await this.#clients.secrets();
		const { GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
		const { SecretString: text = "" } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
		const secret = parseJson(text, secretArn, sourceSecret);
		const tunnel = process.env.PIPELINE_SOURCE_ADDRESS;
		const { host, port } = tunnel === undefined || tunnel === "" ? secret : parseAddress(tunnel);
		const schemas = openDefinition(this.#deployment.definition).pipeline.schemas.map(({ name }) => name);
		const { kind, caCertificate: ca } = this.#deployment.source;
		// RDS's authority vouches for everybody's servers, so that the name counts; another one for this server only, as DMS has it.
		const tls = kind === "rds" ? "VERIFY_IDENTITY" : "VERIFY_CA";
		const { username: user, password } = secret;
		return { host, port, user, password, tls, ca, identity: secret.host, schemas };
	}

	async #open(access: SourceAccess): Promise<SourceConnection> {
		const { signal, plan } = this.#clients.settings;
		let client: Connection | undefined;
		try {
			client = await openConnection(access, { ...clientOptions, connectTimeout });
			await client.query(`SET SESSION ${wholeAnswers}`);
		} catch (error) {
			client?.destroy();
			throw this.#unreachable(access, error);
		}
		const opened = client;
		return {
			async query(sql, values) {
				if (plan !== undefined && !/^\s*(SELECT|SHOW)\b/i.test(sql)) {
					plan.calls.push({ service: "mysql", action: "query", parameters: { sql, values }, sent: false });
					throw new PlannedStop();
				}
				// After an abort only cleaning up comes here, and it must not hold up the user.
				const answer = signal.aborted
					? opened.query({ sql, values, timeout: cleanUpWithin })
					: unlessAborted(opened.query(sql, values), signal);
				const [rows] = await answer;
				return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
			},
			async close() {
				if (signal.aborted) opened.destroy();
				else await opened.end();
			},
		};
	}

	#unreachable(access: SourceAccess, error: unknown): PipelineError {
		const server = `${access.host}:${access.port}`;
		const code = errorCode(error) ?? "";
		if (/^ER_(ACCESS_DENIED|DBACCESS_DENIED)/.test(code)) {
			return new PipelineError(
				"credentials",
				{
					what: `${server} refused the user ${access.user} of the stack's secret.`,
					why: messageOf(error),
					fix: "Make the user and password in the secret match those of the server.",
					next: `aws secretsmanager describe-secret --secret-id ${this.#deployment.source.secretArn}`,
				},
				{ cause: error },
			);
		}
		const { instanceId, port } = this.#deployment.source;
		return new PipelineError(
			"failure",
			{
				what: `The source at ${server} cannot be reached from here.`,
				why: messageOf(error) || code,
				fix: "It is in a private network. Open a tunnel to it, and set PIPELINE_SOURCE_ADDRESS to the tunnel's local end, for example 127.0.0.1:3306.",
				...(instanceId === null
					? {}
					: {
							next: `aws ssm start-session --target ${instanceId} --document-name AWS-StartPortForwardingSession --parameters portNumber=${port},localPortNumber=3306`,
						}),
			},
			{ cause: error },
		);
	}
}

/** The result, or the signal's reason where that comes first. */
async function unlessAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
	let abort = (): void => undefined;
	const aborted = new Promise<never>((_, reject) => {
		abort = () => reject(signal.reason);
		signal.addEventListener("abort", abort, { once: true });
	});
	try {
		return await Promise.race([result, aborted]);
	} finally {
		signal.removeEventListener("abort", abort);
	}
}

/** How the secret of the source is read. */
export const sourceSecret: JsonKind<{ username: string; password: string; host: string; port: number }> = {
	name: "The secret of the source",
	schema: z.object({
		username: z.string(),
		password: z.string(),
		host: z.string(),
		// The console writes it as text.
		port: z.coerce.number().int().min(1).max(65535),
	}),
	remedy: () => ({
		fix: "Write it in the format that DMS reads: https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html",
	}),
	outcome: "usage",
	secret: true,
};

function parseAddress(address: string): { host: string; port: number } {
	const [, host, port] = /^\[?([^\]]+)\]?:(\d+)$/.exec(address) ?? [];
	if (host !== undefined) return { host, port: Number(port) };
	throw new PipelineError("usage", {
		what: `PIPELINE_SOURCE_ADDRESS is ${address}, which is not a valid address.`,
		fix: "Write host:port, for example 127.0.0.1:3306.",
	});
}
