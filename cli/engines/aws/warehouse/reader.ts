import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { PipelineError } from "../../../common/errors.ts";
import { type JsonKind, parseJson } from "../../../common/jsonFile.ts";
import type { QueryResult } from "../../port.ts";
import { warehouseSchemas } from "../../shared/warehouseViews.ts";
import type { Clients } from "../client/clients.ts";

/** Runs statements as the warehouse's administrator; several are one transaction. */
export type Run = (sql: string | string[]) => Promise<QueryResult>;

/** Role that may read the schemas; whoever has it reads all of them. */
export const readerRole = "lake_reader";

/** The user who only reads. */
export interface Reader {
	username: string;
	/** What Redshift is given of the password: `sha256|`, the SHA-256 of password and salt, `|`, and the salt of 256 bits. */
	passwordHash: string;
}

/** How the reader's secret is read. */
export const readerSecret: JsonKind<{ username: string; password: string }> = {
	name: "The secret of the warehouse's reader",
	schema: z.object({
		// The name is written into statements as it is.
		username: z.string().regex(/^[a-z][a-z0-9_]*$/, "must contain only a-z, 0-9 and _, and begin with a letter"),
		password: z.string(),
	}),
	remedy: () => ({ fix: "Deploy the stack again: the deployment writes the secret.", next: "pulumi up" }),
	outcome: "usage",
	secret: true,
};

/**
 * The user of the reader's secret. In a dry run the hash is left out: statements are shown there, and who knows the hash
 * can log in with it.
 * @throws PipelineError where the secret is not as the deployment wrote it; nothing of its content is shown.
 */
export async function readReader(clients: Clients, secretArn: string): Promise<Reader> {
	const client = await clients.secrets();
	const { GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
	const { SecretString: text = "" } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
	const { username, password } = parseJson(text, secretArn, readerSecret);
	return { username, passwordHash: `sha256|${clients.settings.plan === undefined ? saltedHash(password) : ""}` };
}

/** Another each time: what a statement of before shows is of no use once the password was set again. */
function saltedHash(password: string): string {
	const salt = randomBytes(32);
	return `${createHash("sha256").update(password).update(salt).digest("hex")}|${salt.toString("hex")}`;
}

/** Makes the role. Redshift knows no CREATE ROLE IF NOT EXISTS. */
export async function createRole(run: Run): Promise<void> {
	const found = await run(`SELECT role_name FROM svv_roles WHERE role_name = '${readerRole}'`);
	if (found.rows.length === 0) await create(run, `CREATE ROLE ${readerRole}`);
}

/**
 * Makes the user, or gives the known one the password of the secret. The password itself is not sent: statements stand
 * in logs. https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html
 *
 * Simple names are looked for among the views. External schemas cannot be in a search path:
 * https://docs.aws.amazon.com/redshift/latest/dg/r_search_path.html
 */
export async function createUser(run: Run, { username, passwordHash }: Reader): Promise<void> {
	const user = `USER ${username} PASSWORD '${passwordHash}'`;
	const found = await run(`SELECT usename FROM pg_user WHERE usename = '${username}'`);
	const made = found.rows.length === 0 && (await create(run, `CREATE ${user}`));
	if (!made) await run(`ALTER ${user}`);
	await run(`ALTER USER ${username} SET search_path TO ${warehouseSchemas.views}`);
}

/** Gives the role to the user who has it not. */
export async function grantRole(run: Run, { username }: Reader): Promise<void> {
	const found = await run(
		`SELECT role_name FROM svv_user_grants WHERE user_name = '${username}' AND role_name = '${readerRole}'`,
	);
	if (found.rows.length === 0) await run(`GRANT ROLE ${readerRole} TO ${username}`);
}

/** @returns false where somebody else was quicker. */
async function create(run: Run, sql: string): Promise<boolean> {
	try {
		await run(sql);
		return true;
	} catch (error) {
		if (!(error instanceof PipelineError) || !/already exists/i.test(error.message)) throw error;
		return false;
	}
}
