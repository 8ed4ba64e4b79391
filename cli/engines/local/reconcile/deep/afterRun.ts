import { join } from "node:path";
import { lake as layout } from "../../../../../etl/contract/contract.ts";
import { messageOf } from "../../../../common/errors.ts";
import { grouped } from "../../../../common/grouped.ts";
import { withDuckDb } from "../../../duckdb/session.ts";
import type { Context, LakeFinding, Touched } from "../../../port.ts";
import { icebergFiles } from "../../catalog/icebergTable.ts";
import { findTables } from "../../catalog/lakeTables.ts";
import { type LocalPaths, lakeAccess } from "../../shared/paths.ts";
import { checkCatalog } from "./catalogCheck.ts";
import { checkBatches } from "./changeLog.ts";
import { finding, remaking } from "./finding.ts";
import { isParquet, sizeOf } from "./rawFiles.ts";
import { knownTables } from "./tableState.ts";

/**
 * What a check behind a run can afford: of tables that it wrote, the rows of the change log by the files' footers; of these and then
 * of others, as long as there is time, whether the files of the current snapshot are there with their sizes; the catalog.
 * @param touched a current table is not there before its first changes are applied.
 * @returns what is not as it should be.
 */
export async function checkAfterRun(
	paths: LocalPaths,
	touched: Touched,
	withinMs: number,
	{ signal }: Context,
): Promise<LakeFinding[]> {
	const end = performance.now() + withinMs;
	const findings: LakeFinding[] = [];
	const { tables } = await knownTables(paths);
	const written = tables.filter(({ schema, table }) => touched.logs.has(`${schema}.${table}`));
	if (written.length > 0) {
		await withDuckDb(lakeAccess(paths), signal, async (connection) => {
			for (const known of written) findings.push(await checkBatches(paths, known, connection));
		});
	}
	const found = await findTables(paths);
	const first = new Set(
		tables
			.filter(({ schema, table }) => touched.current.has(`${schema}.${table}`))
			.map(({ schema, table }) => layout.current(schema, table)),
	);
	const prefixes = new Set([
		...first,
		...shuffled(found.filter(({ format }) => format === "iceberg").map(({ prefix }) => prefix)),
	]);
	for (const prefix of prefixes) {
		if (!first.has(prefix) && performance.now() > end) break;
		findings.push(await checkSizes(prefix, join(paths.processed, prefix)));
	}
	findings.push(await checkCatalog(paths, found));
	return findings.filter(({ state }) => state !== "equal");
}

/** Files of the current snapshot that are missing, have another size, or are empty inside: a disk that lost power leaves zeros. */
async function checkSizes(name: string, folder: string): Promise<LakeFinding> {
	const found: string[] = [];
	try {
		for (const { path, bytes } of (await icebergFiles(folder)).current) {
			const size = await sizeOf(path);
			if (size === undefined) found.push(`${path} is missing`);
			else if (size !== bytes)
				found.push(`${path} has ${grouped(size)} bytes, but the manifest says ${grouped(bytes)}`);
			else if (!(await isParquet(path, size))) found.push(`${path} is not a complete Parquet file`);
		}
	} catch (error) {
		found.push(messageOf(error));
	}
	return finding("data files", name, found, remaking(folder));
}

/** In another order each time, so that where time is short every table has its turn. */
function shuffled<T>(items: readonly T[]): T[] {
	const at = Math.floor(Math.random() * items.length);
	return [...items.slice(at), ...items.slice(0, at)];
}
