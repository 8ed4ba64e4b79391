import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { lake as layout } from "../../../../../etl/contract/contract.ts";
import type { Definition } from "../../../../../etl/definition/definition.ts";
import { messageOf } from "../../../../common/errors.ts";
import { withDuckDb } from "../../../duckdb/session.ts";
import type { ComparedTable, Context, LakeComparison, LakeFinding, LakePart, Touched } from "../../../port.ts";
import type { RegisteredTable } from "../../catalog/catalogFile.ts";
import { filesBelow, hiveKeys } from "../../catalog/lakeFolders.ts";
import { type FoundTable, findTables } from "../../catalog/lakeTables.ts";
import { parquetEndings, selectAll } from "../../catalog/tableReader.ts";
import { recomputing, type Scratch } from "../../jobs/recomputation.ts";
import { readCheckpoint } from "../../replication/model/checkpoint.ts";
import { statePaths } from "../../replication/model/statePaths.ts";
import { stackDefinition, stackModels } from "../../shared/definition.ts";
import { type LocalPaths, lakeAccess } from "../../shared/paths.ts";
import { checkAfterRun } from "./afterRun.ts";
import { checkCatalog } from "./catalogCheck.ts";
import { checkAgainstRaw, checkBatches } from "./changeLog.ts";
import { finding, notCompared, notMade, remaking } from "./finding.ts";
import { checkIceberg } from "./icebergCheck.ts";
import { checkRawFiles } from "./rawFiles.ts";
import {
	derivedFolders,
	type Faults,
	isDerived,
	recomputeCurrent,
	recomputeDerived,
	requireRoom,
} from "./recompute.ts";
import { compareRelations } from "./relations.ts";
import { type KnownTable, knownTables } from "./tableState.ts";
import { volatileIn } from "./volatile.ts";

/** The parts of the lake on this machine against each other. */
export class LocalLakeComparison implements LakeComparison {
	constructor(private readonly paths: LocalPaths) {}

	files({ signal }: Context): Promise<LakeFinding[]> {
		return withDuckDb(lakeAccess(this.paths), signal, async (connection) => {
			const findings: LakeFinding[] = [];
			const checkpoint = await readCheckpoint(statePaths(this.paths).checkpoint);
			const { tables, damaged } = await knownTables(this.paths);
			for (const [path, error] of damaged) {
				findings.push(finding("change log", path, [messageOf(error)], "pipeline-cli run-etl"));
			}
			for (const known of tables) {
				const raw = await checkRawFiles(this.paths, known, checkpoint);
				if (raw !== undefined) findings.push(raw);
				findings.push(await checkBatches(this.paths, known, connection));
			}
			const found = await findTables(this.paths);
			findings.push(...(await this.#icebergTables(tables, found, connection)));
			findings.push(await checkCatalog(this.paths, found));
			return findings;
		});
	}

	async rows(tables: readonly ComparedTable[], all: boolean, context: Context): Promise<LakeFinding[]> {
		const definition = await stackDefinition(this.paths);
		await requireRoom(this.paths, definition);
		return recomputing(this.paths, context, async (scratch) => {
			const { tables: states } = await knownTables(this.paths);
			const wanted = states.filter((known) =>
				tables.some(({ schema, table }) => schema === known.schema && table === known.table),
			);
			const own = lakeAccess(this.paths);
			const access = { ...own, folders: [...own.folders, scratch.paths.processed] };
			const findings = await withDuckDb(access, context.signal, (connection) => this.#raw(wanted, connection));
			if (all) {
				const faults = await recomputeDerived(this.paths, scratch, definition, states, context);
				findings.push(
					...(await withDuckDb(access, context.signal, (connection) =>
						this.#derived(scratch, definition, faults, connection),
					)),
				);
			}
			const faults = await recomputeCurrent(scratch, definition, wanted, context);
			findings.push(
				...(await withDuckDb(access, context.signal, (connection) =>
					this.#current(scratch, wanted, faults, connection),
				)),
			);
			return findings;
		});
	}

	afterRun(touched: Touched, withinMs: number, context: Context): Promise<LakeFinding[]> {
		return checkAfterRun(this.paths, touched, withinMs, context);
	}

	/** Also those whose metadata is gone, so that the lake does not show them. */
	async #icebergTables(
		known: readonly KnownTable[],
		found: readonly FoundTable[],
		connection: DuckDBConnection,
	): Promise<LakeFinding[]> {
		const tables = new Map(
			found.filter(({ format }) => format === "iceberg").map(({ prefix, name }) => [prefix, name]),
		);
		for (const { schema, table, state } of known) {
			const prefix = layout.current(schema, table);
			if (state.applied !== null && !tables.has(prefix)) tables.set(prefix, table);
		}
		const findings: LakeFinding[] = [];
		for (const prefix of tables.keys()) {
			findings.push(await checkIceberg(prefix, join(this.paths.processed, prefix), connection));
		}
		return findings;
	}

	async #raw(wanted: readonly KnownTable[], connection: DuckDBConnection): Promise<LakeFinding[]> {
		const found = [];
		for (const known of wanted) found.push(await checkAgainstRaw(this.paths, known, connection));
		return found.filter((one) => one !== undefined);
	}

	async #current(
		scratch: Scratch,
		wanted: readonly KnownTable[],
		faults: Faults,
		connection: DuckDBConnection,
	): Promise<LakeFinding[]> {
		const findings: LakeFinding[] = [];
		for (const { schema, table, state } of wanted) {
			if (state.applied === null) continue;
			const prefix = layout.current(schema, table);
			const place = { name: table, format: "iceberg" as const, zone: "processed" as const, prefix };
			const about = {
				part: "current table" as const,
				name: `${schema}.${table}`,
				fix: remaking(join(this.paths.processed, prefix)),
			};
			findings.push(await this.#compare(scratch, place, about, state.applied.key, { faults }, connection));
		}
		return findings;
	}

	async #derived(
		scratch: Scratch,
		definition: Definition,
		faults: Faults,
		connection: DuckDBConnection,
	): Promise<LakeFinding[]> {
		const folders = derivedFolders(definition);
		const models = await stackModels(this.paths);
		const places = new Map<string, FoundTable>();
		for (const place of [...(await findTables(this.paths)), ...(await findTables(scratch.paths))]) {
			if (place.zone === "processed" && isDerived(place.prefix, folders)) places.set(place.prefix, place);
		}
		const findings: LakeFinding[] = [];
		for (const place of places.values()) {
			const model = models.find(({ name }) => layout.model(name) === place.prefix);
			const made = definition.made.find(({ schema }) => isDerived(place.prefix, [schema]));
			const key = model?.key ?? made?.tables.find(({ name }) => `${made.schema}/${name}` === place.prefix)?.key ?? [];
			const about = {
				part: "derived table" as const,
				name: place.name,
				fix: remaking(join(this.paths.processed, place.prefix)),
			};
			const changing = volatileIn(model?.sql ?? "");
			findings.push(await this.#compare(scratch, place, about, key, { faults, changing, rounds: true }, connection));
		}
		return findings;
	}

	/**
	 * @param how.changing a function by which it is another table each time it is computed.
	 * @param how.rounds whether floating-point numbers may differ in their last digits.
	 */
	async #compare(
		scratch: Scratch,
		place: FoundTable,
		about: { part: LakePart; name: string; fix: string },
		key: readonly string[],
		how: { faults: Faults; changing?: string | undefined; rounds?: boolean },
		connection: DuckDBConnection,
	): Promise<LakeFinding> {
		const { part, name, fix } = about;
		const open = (why: string): LakeFinding => notCompared(part, name, [why]);
		if (how.changing !== undefined) return open(`its SQL contains ${how.changing}, whose result changes each time`);
		try {
			const again = await this.#select(place, scratch.paths, connection);
			if (again === undefined) return notMade(about, how.faults);
			const own = await this.#select(place, this.paths, connection);
			if (own === undefined) return finding(part, name, ["it is missing"], fix);
			return await compareRelations(connection, about, own, again, key, how.rounds === true);
		} catch (error) {
			return open(messageOf(error));
		}
	}

	/** @returns undefined where there is no such table. */
	async #select(place: FoundTable, paths: LocalPaths, connection: DuckDBConnection): Promise<string | undefined> {
		const root = join(paths.processed, place.prefix);
		const [file] = await filesBelow(root, place.format === "iceberg" ? [".metadata.json"] : parquetEndings);
		if (file === undefined) return undefined;
		const partitionKeys: RegisteredTable["partitionKeys"] =
			place.format === "iceberg" ? [] : hiveKeys(root, file).map((name) => ({ name, type: "string" }));
		return selectAll({ ...place, columns: [], partitionKeys }, paths, connection);
	}
}
