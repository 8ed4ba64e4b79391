import { databaseName } from "../../../../etl/contract/contract.ts";
import type { Context, Crawlers } from "../../port.ts";
import type { LocalPaths } from "../shared/paths.ts";
import { readCatalog, tableUri } from "./catalogFile.ts";

/** The local data catalog. What reads the lake is loaded when it is crawled, not when somebody looks at the catalog. */
export class LocalCrawlers implements Crawlers {
	readonly #paths: LocalPaths;

	constructor(paths: LocalPaths) {
		this.#paths = paths;
	}

	async crawl(context: Context, update?: (detail: string) => void): ReturnType<Crawlers["crawl"]> {
		const { LakeCrawl } = await import("./lakeCrawl.ts");
		return new LakeCrawl(this.#paths).run(context, update);
	}

	async registered(): ReturnType<Crawlers["registered"]> {
		const catalog = await readCatalog(this.#paths);
		return {
			database: databaseName("local"),
			tables: (catalog?.tables ?? []).map((table) => ({
				name: table.name,
				format: table.format,
				location: tableUri(table, this.#paths),
			})),
		};
	}
}
