import type { Table } from "@aws-sdk/client-glue";
import { lake as layout } from "../../../../etl/contract/contract.ts";
import { fromFolder } from "../../../../etl/contract/names.ts";
import { isReplicated } from "../../../../etl/contract/pipeline/pipeline.ts";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { PipelineError } from "../../../common/errors.ts";
import { qualifiedName } from "../../mysql/quote.ts";
import type {
	ComparedTable,
	CompareOptions,
	Comparison,
	ComparisonPlan,
	Context,
	ObjectStore,
	Query,
	Source,
	Suspects,
	TableComparison,
} from "../../port.ts";
import { openDefinition } from "../../shared/definition.ts";
import { glueTables } from "../catalog/glueTables.ts";
import type { Clients } from "../client/clients.ts";
import { priceOf } from "../query/athenaQuery.ts";
import { arrivedSince } from "./arrived.ts";
import { ComparingTable, type Sides } from "./compareTable.ts";
import { currentAmong, type LakeTable, lakeTable } from "./lakeTable.ts";
import { type Prepared, prepare } from "./prepared.ts";
import { SourceSnapshot } from "./sourceSnapshot.ts";

/** Ports of the same stack that a comparison works with. */
export interface ComparedPorts {
	source: Source;
	query: Query;
	processed: ObjectStore;
}

/** The source, by its own SQL, against the current tables, by Athena's. */
export class AwsComparison implements Comparison {
	readonly #clients: Clients;
	readonly #deployment: PipelineOutputs;
	readonly #ports: ComparedPorts;

	constructor(clients: Clients, deployment: PipelineOutputs, ports: ComparedPorts) {
		this.#clients = clients;
		this.#deployment = deployment;
		this.#ports = ports;
	}

	async tables(): Promise<ComparedTable[]> {
		const { pipeline } = openDefinition(this.#deployment.definition);
		const catalog = [...(await this.#catalog())];
		const connection = await this.#ports.source.connect();
		const found = new Map<string, ComparedTable>();
		try {
			const schemas = pipeline.schemas.map(({ name }) => name);
			const rows = await connection.query(
				`SELECT TABLE_SCHEMA AS s, TABLE_NAME AS t, COALESCE(TABLE_ROWS, 0) AS n FROM INFORMATION_SCHEMA.TABLES
				WHERE TABLE_SCHEMA IN (?) AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY 1, 2`,
				[schemas],
			);
			for (const { s, t, n } of rows) {
				const name = { schema: String(s), table: String(t) };
				if (!isReplicated(pipeline, name)) continue;
				const isInLake = currentAmong(catalog, name) !== undefined;
				found.set(idOf(name), { ...name, estimate: Number(n), isAtSource: true, isInLake });
			}
		} finally {
			await connection.close();
		}
		for (const name of catalog.flatMap(currentName)) {
			const isKnown = found.has(idOf(name)) || currentAmong(catalog, name) === undefined;
			if (!isKnown) found.set(idOf(name), { ...name, estimate: 0, isAtSource: false, isInLake: true });
		}
		return [...found.values()];
	}

	async compare(
		table: ComparedTable,
		options: CompareOptions,
		context: Context,
	): Promise<{ comparison: TableComparison; suspects: Suspects | undefined }> {
		if (table.isAtSource && table.isInLake) return new ComparingTable(this.#sides(), table, options).compare(context);
		return { comparison: await this.#onOneSide(table), suspects: undefined };
	}

	async committed(): Promise<() => Promise<boolean>> {
		return arrivedSince(this.#clients, this.#deployment, new Date());
	}

	/** What comparing tables asks of both sides at first, and what Athena takes for it, where none of them differs. */
	async plan(
		tables: readonly ComparedTable[],
		{ sample }: CompareOptions,
		{ signal }: Context,
	): Promise<ComparisonPlan> {
		const sides = this.#sides();
		const statements: ComparisonPlan["statements"] = [];
		const connection = await sides.connect();
		try {
			const source = await SourceSnapshot.open(connection, signal, undefined);
			for (const table of tables) {
				if (!table.isAtSource || !table.isInLake) continue;
				try {
					const lake = await sides.lake(table);
					statements.push(...planned(table, await prepare(table, source, lake, sides.pipeline, sample)));
				} catch (error) {
					signal.throwIfAborted();
					// Of a table that cannot be read its comparison says why.
					if (error instanceof PipelineError && error.outcome !== "failure") throw error;
				}
			}
		} finally {
			await connection.close();
		}
		return {
			statements,
			scannedBytes: statements.reduce((sum, one) => sum + one.scannedBytes, 0),
			usd: statements.reduce((sum, one) => sum + priceOf(one.scannedBytes), 0),
		};
	}

	#sides(): Sides {
		const { source, query } = this.#ports;
		const { pipeline } = openDefinition(this.#deployment.definition);
		return { connect: () => source.connect(), lake: (table) => this.#lake(table), pipeline, query };
	}

	async #lake(table: ComparedTable): Promise<LakeTable> {
		const found = currentAmong(await this.#catalog(), table);
		if (found === undefined) throw new Error(`${idOf(table)} was removed from the catalog during the comparison`);
		return lakeTable(found, this.#deployment.catalog.database, this.#ports.processed);
	}

	async #catalog(): Promise<Iterable<Table>> {
		return (await glueTables(await this.#clients.glue(), this.#deployment.catalog.database)).values();
	}

	/** All rows of a table that only one side has differ. */
	async #onOneSide(table: ComparedTable): Promise<TableComparison> {
		const begun = performance.now();
		const rows = table.isAtSource
			? { source: await this.#countAtSource(table), lake: 0 }
			: { source: 0, lake: (await this.#lake(table)).rows };
		return {
			...{ schema: table.schema, table: table.table, rows, key: [], withheld: [], notCompared: [], examples: [] },
			columns: table.isAtSource ? [{ column: "*", what: "the table is missing in the lake" }] : [],
			counts: { missing: rows.source, extra: rows.lake, changed: 0, doubled: 0 },
			seconds: (performance.now() - begun) / 1000,
		};
	}

	async #countAtSource(table: ComparedTable): Promise<number> {
		const connection = await this.#ports.source.connect();
		try {
			const [row] = await connection.query(`SELECT COUNT(*) AS n FROM ${qualifiedName(table)}`);
			return Number(row?.n);
		} finally {
			await connection.close();
		}
	}
}

function planned(
	{ schema, table }: ComparedTable,
	{ sql, inLake, parting, shape, lake }: Prepared,
): ComparisonPlan["statements"] {
	if (shape.columns.length === 0) return [];
	const { buckets, ranges = [] } = parting;
	const isParted = buckets.by === "range" && ranges.length > 0;
	const source = sql.source.sums(isParted ? [sql.source.within(buckets.column, ranges)] : []);
	if (lake.from === undefined) return [{ schema, table, source, scannedBytes: 0 }];
	return [{ schema, table, source, lake: sql.lake.sums(inLake), scannedBytes: lake.bytes }];
}

function idOf({ schema, table }: { schema: string; table: string }): string {
	return `${schema}.${table}`;
}

/** Of which table of the source a table of the catalog is the current one; none where it is another kind of table. */
function currentName(found: Table): { schema: string; table: string }[] {
	const location = found.StorageDescriptor?.Location?.replace(/\/$/, "") ?? "";
	const at = location.lastIndexOf(`/${layout.roots.current}/`);
	const [, , schema, table, ...more] = at === -1 ? [] : location.slice(at).split("/");
	if (schema === undefined || table === undefined || more.length > 0) return [];
	return [{ schema: fromFolder(schema), table: fromFolder(table) }];
}
