import type { RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { PipelineError } from "../../../common/errors.ts";
import { refuseWriting } from "../../../common/readingStatement.ts";
import { unlessPlanned } from "../../plan.ts";
import type { Context, QueryResult, Warehouse, WarehouseObject } from "../../port.ts";
import { openDefinition } from "../../shared/definition.ts";
import { warehouseSchemas, warehouseViews } from "../../shared/warehouseViews.ts";
import type { Clients } from "../client/clients.ts";
import { poll } from "../client/poll.ts";
import { createRole, createUser, grantRole, type Run, readerRole, readReader } from "./reader.ts";
import { execute, readStatement, type WarehouseOutputs } from "./statement.ts";

/** How often a statement is run at most that others cross. */
const attempts = 5;

/**
 * What Redshift says where another session changed the same thing meanwhile.
 * https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation-serializable-isolation-troubleshooting.html
 */
const crossing = /\b10(?:18|23)\b|concurrent|conflict|could not open relation/i;

/** The same of a view that was dropped and is made: somebody else was quicker. */
const quicker = new RegExp(`${crossing.source}|already exists`, "i");

const nothing: QueryResult = { columns: [], rows: [], seconds: 0 };

/**
 * Redshift over the lake: the catalog as an external schema, views that bind late, and a role and a user that read them.
 * The administrator applies, the reader asks.
 */
export class RedshiftWarehouse implements Warehouse {
	readonly #clients: Clients;
	readonly #deployment: PipelineOutputs;

	constructor(clients: Clients, deployment: PipelineOutputs) {
		this.#clients = clients;
		this.#deployment = deployment;
	}

	async apply(context: Context): Promise<WarehouseObject[]> {
		const warehouse = this.#warehouse();
		const client = await this.#clients.redshiftData();
		const { lake, views: viewSchema } = warehouseSchemas;
		const run: Run = (sql) =>
			unlessCrossed(() => this.#run(client, warehouse, sql, context), Array.isArray(sql) ? quicker : crossing, context);
		const reader = await readReader(this.#clients, warehouse.readerSecretArn);
		const done: WarehouseObject[] = [];
		const step = async (object: WarehouseObject, work: () => Promise<unknown>): Promise<void> => {
			await context.reporter.task(`${object.kind} ${object.name}`, work);
			done.push(object);
		};
		await step({ kind: "schema", name: lake }, () => this.#externalSchema(run, warehouse));
		await step({ kind: "schema", name: viewSchema }, () => run(`CREATE SCHEMA IF NOT EXISTS ${viewSchema}`));
		for (const { name, select } of warehouseViews(openDefinition(this.#deployment.definition))) {
			const view = `${viewSchema}.${name}`;
			// Replacing a view refuses other columns, so it is dropped and made in one transaction.
			await step({ kind: "view", name: view }, () =>
				run([`DROP VIEW IF EXISTS ${view}`, `CREATE VIEW ${view} AS\n${select}\nWITH NO SCHEMA BINDING`]),
			);
		}
		await step({ kind: "role", name: readerRole }, () => createRole(run));
		for (const schema of [lake, viewSchema]) {
			await step({ kind: "grant", name: `usage on ${schema}` }, () =>
				run(`GRANT USAGE ON SCHEMA ${schema} TO ROLE ${readerRole}`),
			);
		}
		// On external tables there are no grants of their own: usage of their schema is all.
		await step({ kind: "grant", name: `select on ${viewSchema}` }, () =>
			run(`GRANT SELECT ON ALL TABLES IN SCHEMA ${viewSchema} TO ROLE ${readerRole}`),
		);
		await step({ kind: "user", name: reader.username }, () => createUser(run, reader));
		await step({ kind: "grant", name: `${readerRole} to ${reader.username}` }, () => grantRole(run, reader));
		// The user is there now; what else the deployment has left to do comes after that.
		for (const { text, doneBy } of this.#deployment.leftToDo ?? []) {
			if (doneBy !== "warehouse apply") context.reporter.note(text);
		}
		return done;
	}

	async query(sql: string, context: Context): Promise<QueryResult> {
		refuseWriting(sql);
		const warehouse = this.#warehouse();
		const asReader = { ...warehouse, secretArn: warehouse.readerSecretArn };
		return this.#run(await this.#clients.redshiftData(), asReader, sql, context);
	}

	/** One that reads another catalog database is made again: it holds no data. */
	async #externalSchema(run: Run, { roleArn }: WarehouseOutputs): Promise<void> {
		const { lake } = warehouseSchemas;
		const { database } = this.#deployment.catalog;
		const found = await run(`SELECT databasename FROM svv_external_schemas WHERE schemaname = '${lake}'`);
		const other = found.rows[0]?.[0];
		if (other !== undefined && other !== database) await run(`DROP SCHEMA IF EXISTS ${lake}`);
		await run(
			`CREATE EXTERNAL SCHEMA IF NOT EXISTS ${lake} FROM DATA CATALOG DATABASE '${database}' ` +
				`REGION '${this.#deployment.region}' IAM_ROLE '${roleArn}'`,
		);
	}

	/** In a dry run a statement is only noted, and has an empty result. */
	#run(
		client: RedshiftDataClient,
		warehouse: WarehouseOutputs,
		sql: string | string[],
		context: Context,
	): Promise<QueryResult> {
		return unlessPlanned(async () => readStatement(client, await execute(client, warehouse, sql, context)), nothing);
	}

	#warehouse(): WarehouseOutputs {
		const { warehouse, stack } = this.#deployment;
		if (warehouse !== null) return warehouse;
		throw new PipelineError("usage", {
			what: `The stack ${stack} was deployed without a warehouse.`,
			fix: "Turn it on in the stack's configuration and deploy, or query the lake directly.",
			next: "pipeline-cli query",
		});
	}
}

/** Runs again what another `apply`, at the same time, made fail: each statement may be repeated. */
function unlessCrossed(work: () => Promise<QueryResult>, words: RegExp, { signal }: Context): Promise<QueryResult> {
	let attempt = 0;
	return poll(signal, async () => {
		attempt += 1;
		try {
			return await work();
		} catch (error) {
			if (attempt < attempts && error instanceof PipelineError && words.test(error.text.what)) return undefined;
			throw error;
		}
	});
}
