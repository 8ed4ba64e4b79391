import { readFile } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { text as readAll } from "node:stream/consumers";
import { failing } from "../../actions/etl/failing.ts";
import { namedQuery } from "../../actions/query/namedQueries.ts";
import { replicationTrouble } from "../../actions/replicationTrouble.ts";
import type { CommandResult, Invocation, Run } from "../../command.ts";
import { messageOf, PipelineError } from "../../common/errors.ts";
import { counted } from "../../common/grouped.ts";
import { resultCsv } from "../../common/resultText.ts";
import type { QueryResult, Stack } from "../../engines/port.ts";
import { formatBytes, formatSeconds } from "../../ui/format.ts";
import { resultTable } from "../../ui/resultTable.ts";
import type { definition } from "./definition.ts";

/** `query`: one statement that reads, as a table, CSV or JSON. */
export const run: Run<typeof definition> = async (invocation) => {
	const { options, json, context, stack } = invocation;
	const { csv, reuse } = options;
	if (csv && json) throw wrongUse("--csv and --json exclude each other.");
	const found = await stack();
	if (options.list) return list(found);
	const sql = await statement(invocation, found);
	const engine = await found.query();
	// On AWS each look is a dozen calls, and an alarm says it.
	const failed = found.engine === "local" ? await failing(found) : undefined;
	const trouble = found.engine === "local" ? await replicationTrouble(found) : undefined;
	const result = await engine.run(sql, context, reuse === undefined ? {} : { reuseMinutes: reuse });
	const rows = counted(result.rows.length, "row");
	if (!json) context.reporter.note(`${rows} in ${formatSeconds(result.seconds)}${price(result)}. Stack ${found.name}.`);
	if (failed !== undefined)
		context.reporter.warn(`${failed.what} The answer is of the data before. See: pipeline-cli status`);
	if (trouble !== undefined) context.reporter.warn(`${trouble} See: pipeline-cli replication status`);
	return {
		json: result,
		text: json ? "" : csv ? resultCsv(result) : resultTable(result),
		verbatim: csv,
		asIs: true,
	};
};

/** What a query on AWS read and costs. */
function price({ scannedBytes, usd, reused }: QueryResult): string {
	if (scannedBytes === undefined || usd === undefined) return "";
	if (reused === true) return ", an answer of before, free";
	return `, ${formatBytes(scannedBytes)} scanned, $${usd.toFixed(5)}`;
}

async function list(stack: Stack): Promise<CommandResult> {
	const { queries } = await stack.definition();
	const blocks = queries.map(({ name, title, description }) => {
		const lines = [title, ...description.split("\n")].map((line) => `    ${line}`.trimEnd());
		return [name, ...lines].join("\n");
	});
	return { json: { queries }, text: blocks.join("\n\n"), asIs: true };
}

/** The SQL of the argument, of --file or of --name, whichever is given. */
async function statement({ args, options, context }: Invocation<typeof definition>, stack: Stack): Promise<string> {
	const { sql } = args;
	const { file, name } = options;
	const given = [sql, file, name].filter((value) => value !== undefined);
	if (given.length !== 1) {
		throw wrongUse(
			given.length === 0 ? "There is nothing to ask." : "A statement, --file and --name exclude each other.",
		);
	}
	if (name !== undefined) return namedQuery((await stack.definition()).queries, name).sql;
	if (file === undefined) return sql ?? "";
	if (file === "-") return readAll(addAbortSignal(context.signal, process.stdin));
	try {
		return await readFile(file, "utf8");
	} catch (error) {
		throw new PipelineError("usage", { what: `${file} cannot be read.`, why: messageOf(error) }, { cause: error });
	}
}

function wrongUse(what: string): PipelineError {
	return new PipelineError("usage", {
		what,
		fix: "Give a statement, --file <path> or --name <query>.",
		next: "pipeline-cli query --help",
	});
}
