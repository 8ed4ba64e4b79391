import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect } from "vitest";
import { z } from "zod";
import { exitCodes } from "../../cli/common/errors.ts";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { errorKey, objectKey } from "../../cli/engines/local/eventStream/objectName.ts";
import { type RowsEvent, tableReader } from "../../cli/engines/local/replication/decode/rowsEvent.ts";
import { initialSequence, Sequence } from "../../cli/engines/local/replication/model/sequence.ts";
import { makeLayout } from "../../cli/engines/local/replication/parquet/layout.ts";
import { ParquetEngine } from "../../cli/engines/local/replication/parquet/parquetEngine.ts";
import { columnsOf, definitionOf } from "../../cli/engines/local/replication/publish/streamMessages.ts";
import contract from "../../etl/contract/contract.json" with { type: "json" };
import {
	changeFile,
	changeLogColumns,
	isLoadFile,
	jobExitCodes,
	lake,
	loadFile,
	operations,
	rawColumns,
	streamNames,
} from "../../etl/contract/contract.ts";
import { jobReport } from "../../etl/contract/report.ts";
import { it } from "../../tests/support/fixtures.ts";
import { derivedDatasets } from "../../tests/support/sampleShop.ts";
import { type TableRow, testedTables } from "./markdown.ts";

/** docs/contract.md and docs/cli.md against the code. What only the jobs know is in etl/tests/test_contract_page.py. */

const page = async (name: string) => testedTables(await readFile(join(projectRoot, "docs", name), "utf8"));
const tables = await page("contract.md");

function rows(name: string): readonly TableRow[] {
	const found = tables.get(name);
	if (found === undefined) throw new Error(`docs/contract.md has no table ${name}`);
	return found;
}

function column(name: string, key: string): string[] {
	return rows(name).map((row) => {
		const cell = row[key];
		if (cell === undefined) throw new Error(`the table ${name} has no column ${key}`);
		return cell;
	});
}

const source = "<column>";
const byDescription = (name: string, key: string, value: string): TableRow => {
	const [row, ...more] = rows(name).filter((entry) => entry[key] === value);
	if (row === undefined || more.length > 0) throw new Error(`the table ${name} has not one row of ${value}`);
	return row;
};

describe("zones", () => {
	it("have these prefixes, and no others", () => {
		const [schema, table] = ["<schema>", "<table>"];
		// Placeholders are not ordinary names.
		const placed = (place: (one: string, other: string) => string): string =>
			place("a", "b").replace("a/b", `${schema}/${table}`);
		expect(rows("prefixes").map(({ zone, prefix }) => `${zone} ${prefix}`)).toEqual([
			`raw ${schema}/${table}`,
			`raw ${lake.clickstream}`,
			`raw ${lake.clickstreamErrors}`,
			`raw ${lake.cleared}`,
			`processed ${placed(lake.changeLog)}`,
			`processed ${placed(lake.current)}`,
			`processed ${lake.model("<model>")}`,
			"processed joint-tables",
			`processed star-schema/${table}`,
			`processed ${contract.prefixes.stream}`,
			`processed ${lake.state}`,
			`processed ${lake.runs}`,
			`processed ${lake.staging}`,
		]);
		// A prefix that the contract gets later must come here, too; that of a batch is below the change log's.
		const { batch, ...others } = contract.prefixes;
		const text = column("prefixes", "prefix").join(" ");
		for (const prefix of Object.values(others)) expect(text).toContain(prefix);
		expect(batch).toBe("batch=");
	});
});

describe("raw files", () => {
	const pattern = (kind: string) => new RegExp(`^${byDescription("raw-files", "kind", kind).pattern}$`);
	const example = (kind: string) => byDescription("raw-files", "kind", kind).example;

	it("are named so by the code", () => {
		const sequence = new Sequence(initialSequence);
		const changes = [0, Date.UTC(2026, 8, 5, 15, 12, 44, 585), Date.UTC(2026, 8, 5, 15, 12, 44, 585), 1];
		for (const time of changes) expect(sequence.nextFile(time)).toMatch(pattern("changes"));
		for (const number of [1, 10, 31, 0xffffffff]) expect(loadFile(number)).toMatch(pattern("full load"));
	});

	it("have examples that the code would produce, and tells apart", () => {
		expect(example("full load")).toBe(loadFile(31));
		expect(example("changes")).toBe(changeFile(Date.UTC(2026, 8, 5, 15, 12, 44, 585)));
		expect([example("full load"), example("changes")].map((name) => isLoadFile(name ?? ""))).toEqual([true, false]);
	});
});

describe("a raw file as the replicator writes it", () => {
	const types = rows("types");
	const declared = types.map(({ MySQL: type = "" }, index) => ({ name: `c${index}`, type }));
	const keyless = declared.slice(0, 2);
	/** A row of two TINYINT, as the binlog has it. */
	const tiny = { type: 1, length: 0, precision: 0, scale: 0, nullable: true, unsigned: false };
	const columns = keyless.map(({ name }) => ({ name, ...tiny, collation: undefined, members: undefined }));
	const map = { id: 1, schema: "s", table: "t", flags: 0, columns, key: [], named: true };
	const deleted: RowsEvent = {
		...{ operation: "D", complete: true, byForeignKey: false, partial: false, images: Buffer.from([0, 1, 2]) },
		reader: tableReader(map, { ofCollation: () => undefined }),
	};
	let folder: string;
	let instance: DuckDBInstance;
	it.beforeAll(async ({ fileFolder }) => {
		folder = fileFolder;
		instance = await DuckDBInstance.create(":memory:");
		const engine = await ParquetEngine.open(folder, join(folder, "lock.duckdb"), 1000);
		if (engine === undefined) throw new Error("the folder is locked");
		const layouts = { keyed: makeLayout(declared, ["c0"]), keyless: makeLayout(keyless, []) };
		for (const [name, layout] of Object.entries(layouts)) {
			const stage = await engine.stage(layout);
			if (name === "keyless") stage.append(deleted, 1000, { digits: 1970010100000100, nextCounter: () => 7 });
			await stage.write(join(folder, `${name}.parquet`));
		}
		// A row of two TINYINT.
		const wire = keyless.map(({ name }) => ({ name, columnType: 1, decimals: 0 }));
		const loaded = await engine.loadStage(layouts.keyless, wire, 0);
		loaded.append(Buffer.from([0, 0, 1, 2]), 0, 4);
		await loaded.write(join(folder, "loaded.parquet"));
		engine.close();
	});
	it.afterAll(async () => {
		instance.closeSync();
	});

	async function read(sql: string): Promise<Record<string, unknown>[]> {
		const connection = await instance.connect();
		try {
			return (await connection.runAndReadAll(sql)).getRowObjects();
		} finally {
			connection.closeSync();
		}
	}

	it("has the columns in their order, before images of the key or of all", async () => {
		const named = (own: string[], before: readonly string[]) =>
			column("raw-columns", "column").flatMap((entry) =>
				entry === source
					? own
					: entry.endsWith(source)
						? before.map((column) => entry.replace(source, column))
						: [entry],
			);
		for (const [name, before] of [["keyed", ["c0"]] as const, ["keyless", ["c0", "c1"]] as const]) {
			const own = (name === "keyed" ? declared : keyless).map((entry) => entry.name);
			const found = await read(`SELECT name FROM parquet_schema('${join(folder, name)}.parquet')`);
			expect(found.slice(1).map((row) => row.name)).toEqual(named(own, before));
		}
		expect(column("raw-columns", "column")).toEqual([
			rawColumns.op,
			rawColumns.commitTime,
			source,
			rawColumns.changeSequence,
			rawColumns.beforeImagePrefix + source,
		]);
	});

	it("has operations, commit times and change sequences in the documented form", async () => {
		const { op, commitTime, changeSequence } = rawColumns;
		const files = ["keyless", "loaded"].map((name) => `SELECT * FROM '${join(folder, `${name}.parquet`)}'`);
		const found = await read(`${files.join(" UNION ALL BY NAME ")} ORDER BY ${op} DESC`);
		expect(found.map((row) => [row[op], row[commitTime], row[changeSequence]])).toEqual([
			["I", "1970-01-01 00:00:00.000000", null],
			["D", "1970-01-01 00:00:01.000000", `1970010100000100${"7".padStart(19, "0")}`],
		]);
		expect(String(found[1]?.[changeSequence])).toMatch(/^[0-9]{35}$/);
	});

	it("has the documented Parquet types", async () => {
		const found = await read(
			`SELECT name, type, converted_type, precision, scale FROM parquet_schema('${join(folder, "keyed.parquet")}')`,
		);
		const written = new Map(found.map((row) => [row.name, row]));
		const type = (name: string) => {
			const row = written.get(name);
			if (row?.converted_type === "DECIMAL") return `DECIMAL(${row.precision},${row.scale})`;
			return String(row?.converted_type ?? row?.type);
		};
		expect(declared.map(({ name, type: mysql }) => [mysql, type(name)])).toEqual(
			types.map((row) => [row.MySQL, row.Parquet]),
		);
	});

	it("has the documented types in messages", async () => {
		const connection = await instance.connect();
		const definition = definitionOf(await columnsOf(connection, join(folder, "keyed.parquet")));
		connection.closeSync();
		expect(declared.map(({ name, type }) => [type, definition.columns[name]?.type])).toEqual(
			types.map((row) => [row.MySQL, row.message]),
		);
	});
});

describe("change sequences", () => {
	it("have 35 digits and grow, also where the clock falls back", () => {
		const sequence = new Sequence(initialSequence);
		const given = [Date.UTC(2026, 8, 5, 15, 12, 44), Date.UTC(2026, 8, 5, 15, 12, 43)].flatMap((time) => {
			sequence.begin(time);
			return [sequence.nextCounter(), sequence.nextCounter()].map(
				(counter) => String(sequence.digits).padStart(16, "0") + String(counter).padStart(19, "0"),
			);
		});
		expect(given.every((text) => /^[0-9]{35}$/.test(text))).toBe(true);
		expect(given).toEqual([...new Set(given)].sort());
		expect(given[0]?.slice(0, 16)).toBe("2026090515124400");
	});
});

describe("clicks", () => {
	it("are objects with these keys", () => {
		const to = {
			stream: streamNames.clickDelivery,
			prefix: lake.clickstream,
			errorPrefix: lake.clickstreamErrors,
			gzip: true,
		};
		const at = [new Date("2026-09-05T15:12:44Z"), "0a1b2c3d-0000-4000-8000-000000000000"] as const;
		expect(rows("click-objects")).toEqual([
			{ kind: "clicks", example: objectKey(to, ...at) },
			{ kind: "not JSON", example: errorKey(to, ...at) },
		]);
	});
});

describe("the change log", () => {
	it("has these columns", () => {
		expect(column("change-log-columns", "column")).toEqual([
			changeLogColumns.op,
			changeLogColumns.commitTime,
			changeLogColumns.changeSequence,
			source,
			rawColumns.beforeImagePrefix + source,
		]);
	});

	it("has these operations", () => {
		expect(column("operations", "change log `cdc_op`")).toEqual([
			operations.load,
			operations.insert,
			operations.update,
			operations.delete,
		]);
	});
});

describe("derived tables", () => {
	it("are the tables of the star schema, each with its key first", () => {
		const star = derivedDatasets.find(({ schema }) => schema === "star-schema");
		const documented = rows("star-schema").map(({ table, columns = "" }) => [table, columns.split(", ")[0]]);
		expect(documented.sort()).toEqual(star?.tables.map(({ name, key }) => [name, key?.[0]]).sort());
	});
});

describe("runs", () => {
	it("have reports with these fields", () => {
		const names = (text = "") => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name);
		const written = Object.entries(jobReport.shape);
		const [fields, holds] = [column("report", "field"), column("report", "holds")];
		expect(fields.flatMap((field) => (field.includes("`") ? names(field) : [field]))).toEqual(
			written.map(([name]) => name),
		);
		for (const [name, schema] of written) {
			if (!(schema instanceof z.ZodArray)) continue;
			expect(names(holds[fields.indexOf(name)])).toEqual(Object.keys(schema.element.shape));
		}
	});

	it("end in these states, with these exit codes", () => {
		const documented = rows("report-states").map((row) => [row.state, Number(row["exit code of the job"])]);
		expect(Object.fromEntries(documented)).toEqual(jobExitCodes);
	});
});

describe("docs/contract.md", () => {
	it("has no table that no test reads", () => {
		const readHere = [
			...["prefixes", "raw-files", "raw-columns", "types", "click-objects", "operations", "change-log-columns"],
			...["joint-columns", "star-schema", "report", "report-states"],
		];
		const onlyByTheJobs = ["numbers"];
		expect([...tables.keys()].sort()).toEqual([...readHere, ...onlyByTheJobs].sort());
	});
});

describe("docs/cli.md", () => {
	it("has every exit code", async () => {
		const codes = (await page("cli.md")).get("exit-codes")?.map(({ code }) => Number(code));
		expect(codes).toEqual(Object.values(exitCodes));
	});
});
