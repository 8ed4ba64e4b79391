import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { changeLogColumns, currentTableOf, operations } from "../../etl/contract/contract.ts";
import { messageOf, PipelineError } from "../common/errors.ts";
import { projectRoot } from "../common/projectRoot.ts";
import type {
	ClickCube,
	DashboardData,
	DepartmentCube,
	Part,
	ReplicationView,
	SalesCell,
	SalesCube,
	TableChanges,
} from "../dashboard/data.ts";
import { dashboardDocument, pageAssets } from "../dashboard/document.ts";
import { serveDashboard } from "../dashboard/server.ts";
import type { Context, Query, RunSummary, Stack } from "../engines/port.ts";

/** Writes the page with today's data as one file that needs nothing else. @returns its size in bytes. */
export async function exportDashboard(stack: Stack, file: string, context: Context): Promise<number> {
	const assets = await pageAssets();
	const data = await context.reporter.task("Compute the charts", () => dashboardData(stack, context));
	const bytes = Buffer.from(dashboardDocument(data, assets, false).html);
	try {
		await writeFile(file, bytes);
	} catch (error) {
		throw new PipelineError(
			"usage",
			{ what: `${file} cannot be written.`, why: messageOf(error), fix: "Name a file in a folder that exists." },
			{ cause: error },
		);
	}
	return bytes.length;
}

/**
 * Serves the page until Ctrl-C.
 * @param port undefined takes a free one.
 * @param onReady called with the address once the first data are there.
 */
export async function serveUntilStopped(
	stack: Stack,
	port: number | undefined,
	onReady: (url: string) => void,
	context: Context,
): Promise<string> {
	const { signal } = context;
	const assets = await pageAssets();
	const first = await context.reporter.task("Compute the charts", () => dashboardData(stack, context));
	const server = await serveDashboard({ port: port ?? 0, assets, first, compute: () => dashboardData(stack, context) });
	try {
		onReady(server.url);
		await new Promise<void>((resolve) => {
			if (signal.aborted) resolve();
			else signal.addEventListener("abort", () => resolve(), { once: true });
		});
	} finally {
		await server.close();
	}
	// Ctrl-C is how a dashboard is meant to end; the end of the time that --timeout gave is not.
	if (signal.reason instanceof PipelineError && signal.reason.outcome !== "cancelled") throw signal.reason;
	return server.url;
}

/** Customers distinguished in the sales cube; must be the number in pipelines/shop/dashboard/sales.sql. */
const customerLimit = 1000;

/**
 * Asks the stack for all that the dashboard shows. What cannot be read is reported in its part, and the other parts are
 * there.
 */
export async function dashboardData(stack: Stack, context: Context): Promise<DashboardData> {
	const startedAt = performance.now();
	const query = await stack.query();
	const catalog = await (await stack.crawlers()).registered();
	const tables = catalog.tables.map((table) => table.name);
	const [sales, departments, clicks, replication] = await Promise.all([
		part(context, () => salesCube(query, context)),
		part(context, () => departmentCube(query, context)),
		part(context, () => clickCube(query, context)),
		part(context, () => replicationView(stack, tables, query, context)),
	]);
	return {
		stack: stack.name,
		database: catalog.database,
		computedAt: new Date().toISOString(),
		refreshSeconds: refreshSeconds(stack.engine, (performance.now() - startedAt) / 1000),
		sales,
		departments,
		clicks,
		replication,
	};
}

/** The live page takes a tenth of a local machine at most; on AWS every refresh scans the tables and costs money. */
function refreshSeconds(engine: Stack["engine"], tookSeconds: number): number {
	return engine === "aws" ? 300 : Math.max(5, Math.ceil(10 * tookSeconds));
}

async function part<T>(context: Context, compute: () => Promise<T>): Promise<Part<T>> {
	try {
		return { ok: true, value: await compute() };
	} catch (error) {
		context.signal.throwIfAborted();
		const next = error instanceof PipelineError ? error.text.next : undefined;
		return { ok: false, why: messageOf(error), ...(next !== undefined && { next }) };
	}
}

type Row = Record<string, unknown>;

async function ask(query: Query, sql: string, context: Context): Promise<Row[]> {
	const { columns, rows } = await query.run(sql, context);
	const names = columns.map((column) => column.name);
	return rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])));
}

async function askFile(query: Query, name: string, context: Context): Promise<Row[]> {
	return ask(
		query,
		await readFile(join(projectRoot, "pipelines", "shop", "dashboard", `${name}.sql`), "utf8"),
		context,
	);
}

async function salesCube(query: Query, context: Context): Promise<SalesCube> {
	const rows = await askFile(query, "sales", context);
	const days = dictionary(rows.map((row) => text(row.order_date).slice(0, 10)).sort());
	const countries = dictionary(rows.map((row) => text(row.country)).sort());
	const lines = dictionary(rows.map((row) => text(row.product_line)).sort());
	const customers = new Map<string, { index: number; name: string }>();
	const cells = rows.map((row): SalesCell => {
		let customer = -1;
		if (row.customer !== null) {
			const key = text(row.customer);
			const known = customers.get(key) ?? { index: customers.size, name: text(row.customer_name) };
			customers.set(key, known);
			customer = known.index;
		}
		return [
			days.index(text(row.order_date).slice(0, 10)),
			countries.index(text(row.country)),
			lines.index(text(row.product_line)),
			customer,
			cents(row.revenue),
			cents(row.profit),
			Number(row.units),
		];
	});
	return {
		days: days.values,
		countries: countries.values,
		lines: lines.values,
		customers: [...customers.values()].map((customer) => customer.name),
		customerLimit,
		cells,
	};
}

async function departmentCube(query: Query, context: Context): Promise<DepartmentCube> {
	const rows = await askFile(query, "departments", context);
	const hours = dictionary(rows.map((row) => text(row.hour)).sort());
	const departments = dictionary(rows.map((row) => text(row.department)).sort());
	return {
		hours: hours.values,
		departments: departments.values,
		cells: rows.map((row) => [
			hours.index(text(row.hour)),
			departments.index(text(row.department)),
			Number(row.products),
		]),
	};
}

async function clickCube(query: Query, context: Context): Promise<ClickCube> {
	const rows = await askFile(query, "clicks", context);
	const hours = rows.map((row): [string, number] => [text(row.hour), Number(row.clicks)]);
	// A file that lies outside of the hours' folders has none.
	return { hours: hours.filter(([hour]) => /^\d{4}(-\d\d){3}$/.test(hour)) };
}

async function replicationView(
	stack: Stack,
	tables: readonly string[],
	query: Query,
	context: Context,
): Promise<ReplicationView> {
	const [status, lastRun, changes] = await Promise.all([
		stack.replication().then((port) => port.status()),
		stack.jobs().then((port) => port.lastRun()),
		tableChanges(tables, query, context),
	]);
	return {
		state: status.state,
		text: status.text,
		...(status.latencySeconds !== undefined && { latencySeconds: status.latencySeconds }),
		...(status.lastError !== undefined && { lastError: status.lastError }),
		...(lastRun !== undefined && { lastRun: { runId: lastRun.runId, state: runState(lastRun) } }),
		tables: changes,
	};
}

function runState(run: RunSummary): "running" | "succeeded" | "failed" {
	if (run.running) return "running";
	return run.jobs.every((job) => job.state === "succeeded") ? "succeeded" : "failed";
}

/** One statement over all change logs: which ones there are depends on what is replicated. */
async function tableChanges(tables: readonly string[], query: Query, context: Context): Promise<TableChanges[]> {
	const selects = [...tables].sort().flatMap((log) => {
		const table = currentTableOf(log);
		if (table === undefined || !/^[a-z_][a-z0-9_]*$/.test(log)) return [];
		return `SELECT '${table}' AS table_name, ${changeLogColumns.op} AS op, COUNT(*) AS row_count, MAX(${changeLogColumns.commitTime}) AS newest FROM ${log} GROUP BY ${changeLogColumns.op}`;
	});
	if (selects.length === 0) return [];
	const found = new Map<string, TableChanges>();
	for (const row of await ask(query, selects.join("\nUNION ALL\n"), context)) {
		const table = text(row.table_name);
		const changes = found.get(table) ?? { table, inserts: 0, updates: 0, deletes: 0, loaded: 0 };
		const count = Number(row.row_count);
		const op = text(row.op);
		if (op === operations.load) changes.loaded = count;
		else {
			if (op === operations.insert) changes.inserts = count;
			if (op === operations.update) changes.updates = count;
			if (op === operations.delete) changes.deletes = count;
			const newest = commitTime(text(row.newest));
			if (newest !== undefined && (changes.newest === undefined || newest > changes.newest)) changes.newest = newest;
		}
		found.set(table, changes);
	}
	return [...found.values()].sort((a, b) => (a.table < b.table ? -1 : 1));
}

/** `yyyy-MM-dd HH:mm:ss.SSSSSS`, UTC, as ISO 8601 to the millisecond. */
function commitTime(value: string): string | undefined {
	const [, day, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3})/.exec(value) ?? [];
	return day === undefined ? undefined : `${day}T${time}Z`;
}

/** Distinct values of a sorted list, and the place of each. */
function dictionary(sorted: readonly string[]): { values: string[]; index: (value: string) => number } {
	const values = [...new Set(sorted)];
	const places = new Map(values.map((value, at) => [value, at]));
	return { values, index: (value) => places.get(value) ?? -1 };
}

function text(value: unknown): string {
	return value === null || value === undefined ? "" : String(value);
}

/** Amounts are added up as whole cents, so that sums in the browser are exact. */
function cents(value: unknown): number {
	return Math.round(Number(value ?? 0) * 100);
}
