import { lake } from "../../etl/contract/contract.ts";
import type { TableName } from "../../etl/contract/pipeline/values.ts";
import type { Definition } from "../../etl/definition/definition.ts";
import { catalogName } from "../../etl/definition/tables.ts";
import type { CatalogTable } from "../engines/port.ts";

/** Name in the catalog of a current table: of the table that is there, else as it will be called. */
export function currentName(
	{ datasets }: Pick<Definition, "datasets">,
	catalog: { tables: readonly Pick<CatalogTable, "name" | "location">[] } | undefined,
	{ schema, table }: TableName,
): string {
	const place = `/${lake.current(schema, table)}`;
	const found = catalog?.tables.find(({ location }) => location?.replace(/\/$/, "").endsWith(place));
	if (found !== undefined) return found.name;
	const declared = datasets.find((set) => set.schema === schema)?.tables.find(({ name }) => name === table);
	return catalogName(declared ?? { name: table });
}
