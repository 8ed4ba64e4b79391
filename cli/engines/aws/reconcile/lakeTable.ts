import { readFile } from "node:fs/promises";
import type { Table } from "@aws-sdk/client-glue";
import { z } from "zod";
import { lake as layout } from "../../../../etl/contract/contract.ts";
import { messageOf, PipelineError } from "../../../common/errors.ts";
import type { ObjectStore } from "../../port.ts";
import { withTextIds } from "../../shared/icebergIds.ts";
import type { LakeColumn } from "../../shared/tableShape.ts";
import { catalogTable } from "../catalog/glueTables.ts";
import { quoteLake } from "./canonicalColumn.ts";

/** A current table as it is at one snapshot. */
export interface LakeTable {
	columns: readonly LakeColumn[];
	/** As FROM takes it in Trino's SQL; undefined where it holds no row yet. */
	from: string | undefined;
	/** Rows and bytes of data files, as the snapshot says. */
	rows: number;
	bytes: number;
}

const metadataSchema = z.object({
	"current-snapshot-id": z.string().nullish(),
	snapshots: z
		.array(z.object({ "snapshot-id": z.string(), summary: z.record(z.string(), z.string()).default({}) }))
		.default([]),
});

/** The current table of a table among those of the catalog; its place in the lake tells, whatever its name. */
export function currentAmong(
	tables: Iterable<Table>,
	{ schema, table }: { schema: string; table: string },
): Table | undefined {
	const place = `/${layout.current(schema, table)}`;
	for (const found of tables) {
		const location = found.StorageDescriptor?.Location?.replace(/\/$/, "");
		if (location?.endsWith(place) === true && catalogTable(found, undefined).format === "iceberg") return found;
	}
	return undefined;
}

/** @throws PipelineError where its metadata cannot be read. */
export async function lakeTable(found: Table, database: string, processed: ObjectStore): Promise<LakeTable> {
	const uri = found.Parameters?.metadata_location ?? "";
	const { columns, name } = catalogTable(found, undefined);
	const { rows, bytes, snapshot } = await currentSnapshot(uri, processed);
	const from = `${quoteLake(database)}.${quoteLake(name)} FOR VERSION AS OF ${snapshot}`;
	return { columns, rows, bytes, from: snapshot === undefined ? undefined : from };
}

async function currentSnapshot(
	uri: string,
	processed: ObjectStore,
): Promise<{ rows: number; bytes: number; snapshot: string | undefined }> {
	let metadata: z.infer<typeof metadataSchema>;
	try {
		if (!uri.startsWith(processed.uri))
			throw new Error(`the catalog points to the metadata "${uri}", which is outside the lake`);
		const text = await readFile(await processed.fetch(uri.slice(processed.uri.length)), "utf8");
		metadata = metadataSchema.parse(JSON.parse(withTextIds(text)));
	} catch (error) {
		if (error instanceof PipelineError) throw error;
		throw new PipelineError("failure", {
			what: "The metadata of its Iceberg table cannot be read.",
			why: messageOf(error),
			fix: "Remove the table's folder. The jobs rebuild it from the change log.",
			next: "pipeline-cli run-etl",
		});
	}
	const id = metadata["current-snapshot-id"];
	const current = metadata.snapshots.find((one) => one["snapshot-id"] === id);
	const number = (name: string): number => Number(current?.summary[name] ?? 0);
	return {
		rows: number("total-records"),
		bytes: number("total-files-size"),
		snapshot: current?.["snapshot-id"],
	};
}
