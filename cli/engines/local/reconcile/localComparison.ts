import { join } from "node:path";
import { lake as layout } from "../../../../etl/contract/contract.ts";
import { fromFolder } from "../../../../etl/contract/names.ts";
import { exists } from "../../../common/fs.ts";
import type {
	ComparedTable,
	CompareOptions,
	Comparison,
	Context,
	LakeComparison,
	Suspects,
	TableComparison,
} from "../../port.ts";
import { isIcebergTable } from "../catalog/icebergFolder.ts";
import { subfolders } from "../catalog/lakeFolders.ts";
import { readCheckpoint } from "../replication/model/checkpoint.ts";
import { comparePositions } from "../replication/model/position.ts";
import { Rules } from "../replication/model/rules.ts";
import { statePaths } from "../replication/model/statePaths.ts";
import { requestPublication } from "../replication/service/requests.ts";
import { stackDefinition } from "../shared/definition.ts";
import type { LocalPaths } from "../shared/paths.ts";
import { sourceAccess } from "../shared/settings.ts";
import { ask } from "./reach.ts";
import { sourceBehind } from "./sourceBehind.ts";

/** The source, in its own text, against the current tables' files. The database that compares is loaded where something is compared. */
export class LocalComparison implements Comparison {
	readonly lake: LakeComparison;
	readonly #paths: LocalPaths;

	constructor(paths: LocalPaths) {
		this.#paths = paths;
		const whole = async (): Promise<LakeComparison> => {
			const { LocalLakeComparison } = await import("./deep/lakeComparison.ts");
			return new LocalLakeComparison(paths);
		};
		this.lake = {
			files: async (...args) => (await whole()).files(...args),
			rows: async (...args) => (await whole()).rows(...args),
			afterRun: async (...args) => (await whole()).afterRun(...args),
		};
	}

	async tables(): Promise<ComparedTable[]> {
		const access = await sourceAccess(this.#paths);
		const { pipeline } = await stackDefinition(this.#paths);
		const { ignored = [] } = (await readCheckpoint(statePaths(this.#paths).checkpoint)) ?? {};
		const rules = new Rules(pipeline, access.schemas);
		const found = new Map<string, ComparedTable>();
		await ask(access, async (server) => {
			const rows = await server.rows(
				`SELECT TABLE_SCHEMA AS s, TABLE_NAME AS t, COALESCE(TABLE_ROWS, 0) AS n FROM INFORMATION_SCHEMA.TABLES
				WHERE TABLE_SCHEMA IN (?) AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY 1, 2`,
				[access.schemas],
			);
			for (const { s, t, n } of rows) {
				const name = { schema: String(s), table: String(t) };
				const id = `${name.schema}.${name.table}`;
				if (!rules.isSelected(name, server.foldsCase) || ignored.includes(id)) continue;
				found.set(id, { ...name, estimate: Number(n), isAtSource: true, isInLake: await this.#isInLake(name) });
			}
		});
		const current = join(this.#paths.processed, layout.roots.current);
		for (const schemaFolder of await subfolders(current)) {
			for (const folder of await subfolders(join(current, schemaFolder))) {
				const [schema, table] = [fromFolder(schemaFolder), fromFolder(folder)];
				const id = `${schema}.${table}`;
				if (found.has(id) || !(await this.#isInLake({ schema, table }))) continue;
				found.set(id, { schema, table, estimate: 0, isAtSource: false, isInLake: true });
			}
		}
		return [...found.values()];
	}

	async compare(
		table: ComparedTable,
		options: CompareOptions,
		context: Context,
	): Promise<{ comparison: TableComparison; suspects: Suspects | undefined }> {
		const { compareTable } = await import("./compareTable.ts");
		return compareTable(this.#paths, table, options, context);
	}

	async committed(): Promise<() => Promise<boolean>> {
		const files = statePaths(this.#paths);
		const end = await ask(await sourceAccess(this.#paths), (server) => server.currentPosition());
		let request: string | undefined;
		return async () => {
			const position = (await readCheckpoint(files.checkpoint))?.position;
			if (position !== undefined && comparePositions(position, end) >= 0) return true;
			// Again once it was carried out: it may have been read before the end was.
			if (request === undefined || !(await exists(request))) request = await requestPublication(files.requests);
			return false;
		};
	}

	behind(): Promise<string | undefined> {
		return sourceBehind(this.#paths);
	}

	#isInLake({ schema, table }: { schema: string; table: string }): Promise<boolean> {
		return isIcebergTable(join(this.#paths.processed, layout.current(schema, table)));
	}
}
