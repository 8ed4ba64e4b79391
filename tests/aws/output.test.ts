import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect } from "vitest";
import { commands } from "../../cli/commands.ts";
import { stripAnsi } from "../../cli/ui/terminal.ts";
import { catalogName } from "../../etl/definition/tables.ts";
import { it } from "../support/aws/awsFixtures.ts";
import { running } from "../support/aws/dms.ts";
import { parquetTable, succeeded } from "../support/aws/glue.ts";
import type { ScriptedStack } from "../support/aws/scriptedStack.ts";
import { rounds } from "../support/cases.ts";
import { type CliStack, undocumentedMembers } from "../support/cli.ts";
import { datasets } from "../support/sampleShop.ts";
import { cursorLeft, onTerminal, type TerminalRun } from "../support/terminal.ts";

const exported = join(tmpdir(), `pipeline-export-${process.pid}.csv`);

/** Commands that act on a stack, as a user calls them, and how they end here. */
const lines: Record<string, [args: string[], code: number]> = {
	status: [["status"], 0],
	"replication start": [["replication", "start"], 0],
	"replication stop": [["replication", "stop"], 0],
	"replication status": [["replication", "status"], 0],
	"replication tables": [["replication", "tables"], 0],
	"replication reload": [["replication", "reload", "wordpress-db.wp_terms"], 0],
	"run-etl": [["run-etl", "star-schema"], 0],
	"runs list": [["runs", "list"], 0],
	"runs show": [["runs", "show"], 2],
	crawl: [["crawl"], 0],
	"clicks send": [["clicks", "send", "--records", "3"], 0],
	query: [["query", "SELECT 1"], 0],
	export: [["export", "SELECT 1", "--output", exported], 0],
	"warehouse apply": [["warehouse", "apply"], 0],
	"warehouse query": [["warehouse", "query", "SELECT 1"], 0],
	"dashboard url": [["dashboard", "url"], 0],
	logs: [["logs", "replication"], 0],
	doctor: [["doctor"], 0],
	"verify-cdc": [["verify-cdc"], 1],
	"verify-clicks": [["verify-clicks"], 4],
};

let aws: ScriptedStack;
let home: CliStack;
it.beforeAll(({ fileStack }) => {
	home = fileStack;
});
it.beforeEach(async ({ aws: own }) => {
	aws = own;
	aws.dms.task = running;
	aws.dms.afterStop = [{ Status: "stopped", StopReason: "Stop Reason NORMAL" }];
	aws.dms.tables = [
		{
			SchemaName: "wordpress-db",
			TableName: "wp_terms",
			TableState: "Table completed",
			Inserts: 0,
			FullLoadRows: 15,
			LastUpdateTime: 1,
		},
	];
	aws.glue.tables = datasets.flatMap(({ tables }) => tables.map((table) => parquetTable(catalogName(table))));
	aws.glue.looks = { "dev-star-schema": [succeeded] };
	aws.glue.afterCrawl = [{ State: "READY", LastCrawl: { Status: "SUCCEEDED", StartTime: 7 } }];
	aws.athena.before = [];
	aws.redshift.before = [];
	aws.logs.lines.set("dms-tasks-dev dms-task-TASKID", [
		"a line with \u001b[31mcolour\u001b[0m and \u001b]0;a title\u0007 of its own",
	]);
	aws.s3.denied = "clickstream-data/";
	aws.others.secret = { username: "dms", password: "pw", host: "127.0.0.1", port: 1 };
});
it.afterEach(async () => {
	await rm(exported, { force: true });
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: an ANSI sequence begins with the escape character.
const colours = /\u001b\[[\d;]*m/;
const escapeByte = "\u001b";

/** Waits for what a run does; one that ends before will never do it. */
async function until(run: TerminalRun, done: () => boolean): Promise<void> {
	let ended = false;
	void run.ended.then(() => {
		ended = true;
	});
	while (!done()) {
		if (ended) throw new Error(`it ended before:\n${run.screen()}`);
		await sleep(20);
	}
}

it("there is a line for every command that acts on a stack", () => {
	const acting = commands.filter(({ plans }) => plans === true).map(({ name }) => name);
	expect(Object.keys(lines).sort()).toEqual(acting.sort());
});

/** Which has progress, which a table, which fails. */
const onTerminals = new Set(["run-etl", "status", "verify-cdc"]);

describe.each(Object.entries(lines))("%s", (name, [args, code]) => {
	const call = () => [...args, "--outputs", aws.file];

	it("to a pipe: names its stack, and no escape byte on either stream", async () => {
		const ran = await home.run(call(), aws.env());
		expect(ran.code).toBe(code);
		if (code === 0) expect(ran.stdout + ran.stderr).toContain("Stack dev");
		expect(ran.stdout + ran.stderr).not.toContain(escapeByte);
	});

	it("--quiet: nothing on stderr but warnings and errors", async () => {
		const ran = await home.run([...call(), "--quiet"], aws.env());
		expect(ran.code).toBe(code);
		expect(ran.stderr).toMatch(/^((warning|error): .*\n( {2}.*\n)*)*$/);
	});

	it("--json to a pipe: one document, nothing else on stdout", async () => {
		const ran = await home.run([...call(), "--json"], aws.env());
		expect(ran.code).toBe(code);
		const document = JSON.parse(ran.stdout);
		expect(document).toMatchObject({ stack: "dev" });
		if (!("error" in document)) expect(undocumentedMembers(args, document)).toEqual([]);
		expect(ran.stdout + ran.stderr).not.toContain(escapeByte);
	});

	// How a reader that leaves, or a terminal, is treated is the same for all: three of them show it, the others in `npm run test:faults`.
	if (!onTerminals.has(name) && rounds(1, 0) === 0) return;

	it("to a reader that has gone: ends as it would have, and says nothing of it", async () => {
		const ran = await home.start(call(), aws.env(), "gone").ended;
		expect(ran.code).toBe(code);
		expect(ran.stderr).not.toMatch(/EPIPE|Writing the result/);
	});

	it("--json to a file from a terminal: one document, and the cursor is there again", async () => {
		const file = join(aws.file, "..", "out.json");
		const run = onTerminal([...call(), "--json"], aws.env(), file);
		expect(await run.ended).toBe(code);
		const written = await readFile(file, "utf8");
		expect(() => JSON.parse(written)).not.toThrow();
		expect(written).not.toContain(escapeByte);
		expect(cursorLeft(run.screen())).not.toBe("hidden");
	});

	it("on a terminal: the cursor is there again", async () => {
		const run = onTerminal(call(), aws.env());
		expect(await run.ended).toBe(code);
		expect(cursorLeft(run.screen())).not.toBe("hidden");
	});

	it("on a terminal of 80 columns: fits, apart from what is pasted", async () => {
		const run = onTerminal(call(), aws.env(), undefined, { cols: 80, rows: 24 });
		expect(await run.ended).toBe(code);
		const wide = stripAnsi(run.screen().replaceAll(/\r\n/g, "\n"))
			.split(/[\n\r]/)
			.filter((line) => line.length > 80 && !/^ {2}next: /.test(line));
		expect(wide).toEqual([]);
	});

	it("on a terminal with NO_COLOR: no colour", async () => {
		const run = onTerminal(call(), { ...aws.env(), NO_COLOR: "1" });
		expect(await run.ended).toBe(code);
		expect(run.screen()).not.toMatch(colours);
	});

	it("on a terminal of CI: no animation", async () => {
		const run = onTerminal(call(), { ...aws.env(), CI: "true" });
		expect(await run.ended).toBe(code);
		expect(cursorLeft(run.screen())).toBeUndefined();
	});
});

it("a statement that nobody types is waited for until the timeout only", async () => {
	const run = onTerminal(["query", "--file", "-", "--timeout", "1s", "--outputs", aws.file], aws.env());
	expect(await run.ended).toBe(9);
});

describe("Ctrl-C on a terminal", () => {
	it.beforeEach(() => {
		aws.glue.looks = { "dev-process-load": [{ JobRunState: "RUNNING" }] };
	});
	const start = async () => {
		const run = onTerminal(["run-etl", "process-load", "--outputs", aws.file], aws.env());
		await until(run, () => aws.endpoint.inputs("glue", "GetJobRun").length > 0);
		return run;
	};

	it("once: detaches immediately, says what continues and how to stop it, restores the terminal", async () => {
		const run = await start();
		run.type("\u0003");
		// The job still runs.
		expect(await run.ended).toBe(8);
		expect(run.screen()).toContain("Still running on AWS:");
		expect(run.screen()).toContain("Glue job dev-process-load, run jr_1.");
		expect(run.screen()).toContain("aws glue batch-stop-job-run");
		expect(cursorLeft(run.screen())).toBe("shown");
		expect(aws.endpoint.inputs("glue", "BatchStopJobRun")).toEqual([]);
		// The same command comes back to it, and starts nothing.
		const looks = () => aws.endpoint.inputs("glue", "GetJobRun").length;
		const before = looks();
		const back = aws.json<{ jobs: { id: string; attached: boolean }[] }>("run-etl", "process-load");
		while (looks() === before) await sleep(20);
		Object.assign(aws.glue.runs.get("dev-process-load")?.[0] ?? {}, succeeded);
		const { document } = await back;
		expect(document.jobs[0]).toMatchObject({ id: "jr_1", attached: true });
		expect(aws.endpoint.inputs("glue", "StartJobRun")).toHaveLength(1);
	});

	it("twice: leaves with 130", async () => {
		const run = await start();
		run.type("\u0003");
		run.type("\u0003");
		expect([8, 130]).toContain(await run.ended);
		expect(cursorLeft(run.screen())).toBe("shown");
	});

	it("before anything else is loaded: detaches all the same", async () => {
		// Comes with the second handler of the entry.
		const preload = `const { on } = process;
			process.on = function (name, listener) {
				on.call(process, name, listener);
				if (name === "SIGTERM") { process.on = on; process.kill(process.pid, "SIGINT"); }
				return process;
			};`;
		const ran = await home.run(["run-etl", "--json", "--outputs", aws.file], {
			...aws.env(),
			NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}`,
		});
		expect(ran.code).toBe(8);
		expect(JSON.parse(ran.stdout)).toMatchObject({ error: { outcome: "cancelled" } });
		expect(aws.endpoint.calls).toEqual([]);
	});

	it("ends status --watch", async () => {
		const run = onTerminal(["status", "--watch", "--outputs", aws.file], aws.env());
		await until(run, () => run.screen().includes("Stack dev."));
		run.type("\u0003");
		expect(await run.ended).toBe(0);
		expect(cursorLeft(run.screen())).not.toBe("hidden");
	});
});
