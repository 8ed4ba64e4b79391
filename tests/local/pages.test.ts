import { spawn } from "node:child_process";
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { type ShellBlock, shellBlocks } from "../../tools/docs/shellBlocks.ts";
import { it } from "../support/serverFixtures.ts";

/** Commands that go on until Ctrl-C, or for longer than a test, with what they say once they are at work. */
const endless: [RegExp, RegExp][] = [
	[/pipeline-cli dashboard(?!.*--export)/, /http:\/\/127\.0\.0\.1:\d+/],
	[/pipeline-cli clicks tail/, /as they arrive/],
];

/** What takes minutes as it is written. */
const shorter: [string, string][] = [
	["--records 100000", "--records 2000"],
	["--duration 10m", "--duration 1s"],
];

const password = "hunter2";

async function blocksFor(where: string): Promise<ShellBlock[]> {
	const docs = (await readdir(join(projectRoot, "docs"))).filter((name) => name.endsWith(".md")).sort();
	const pages = ["README.md", ...docs.map((name) => `docs/${name}`)];
	const found: ShellBlock[] = [];
	for (const page of pages) found.push(...shellBlocks(page, await readFile(join(projectRoot, page), "utf8")));
	return found.filter((block) => block.where === where);
}

/** A clone of the project, as far as its commands need it. */
async function clone(folder: string): Promise<string> {
	const project = join(folder, "project");
	await mkdir(join(project, ".pipeline"), { recursive: true });
	for (const name of ["dist", "package.json", "pipelines"])
		await cp(join(projectRoot, name), join(project, name), { recursive: true });
	await symlink(join(projectRoot, "etl"), join(project, "etl"));
	const packages = join(projectRoot, "node_modules");
	await mkdir(join(project, "node_modules", ".bin"), { recursive: true });
	for (const name of await readdir(packages)) {
		if (!name.startsWith(".")) await symlink(join(packages, name), join(project, "node_modules", name));
	}
	await symlink("../../dist/pipeline-cli.js", join(project, "node_modules", ".bin", "pipeline-cli"));
	await symlink(join(projectRoot, ".pipeline", "python"), join(project, ".pipeline", "python"));
	return project;
}

interface Ended {
	code: number | null;
	/** Whether it was at work, and then got Ctrl-C. */
	isInterrupted: boolean;
	output: string;
}

/** Runs a line in a shell; where it is endless, until it is at work. */
async function runLine(line: string, cwd: string, env: Record<string, string>): Promise<Ended> {
	const { PIPELINE_HOME: _, ...own } = process.env;
	// A group of its own, which Ctrl-C in a terminal would reach as a whole.
	const child = spawn("bash", ["-c", line], { cwd, env: { ...own, CI: "", ...env }, detached: true });
	const [, atWork] = endless.find(([pattern]) => pattern.test(line)) ?? [];
	let output = "";
	let isInterrupted = false;
	const take = (chunk: Buffer): void => {
		output += chunk.toString();
		if (atWork === undefined || isInterrupted || !atWork.test(output)) return;
		isInterrupted = true;
		process.kill(-(child.pid ?? 0), "SIGINT");
	};
	child.stdout.on("data", take);
	child.stderr.on("data", take);
	child.stdin.end();
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (code) => resolve({ code, isInterrupted, output }));
	});
}

/** Runs a block line by line. @param replaced what stands in the page for the reader's own, with what the test has. */
async function runBlock(
	block: ShellBlock,
	cwd: string,
	env: Record<string, string>,
	replaced: readonly [string, string][] = [],
): Promise<string> {
	let output = "";
	for (const written of block.commands) {
		const line = replaced.reduce((text, [from, to]) => text.replaceAll(from, to), written);
		const [, name, value] = /^export (\w+)=(\S+)/.exec(line) ?? [];
		if (name !== undefined && value !== undefined) {
			env[name] = value;
			continue;
		}
		const ended = await runLine(line, cwd, env);
		const isEndless = endless.some(([pattern]) => pattern.test(line));
		// Ctrl-C ends what is endless, by its own code or, of npx, by the signal's.
		const fine = isEndless ? [0, 8, 130, null] : [0];
		expect(fine, `${block.page}: ${line}\n${ended.output}`).toContain(ended.code);
		expect([line, ended.isInterrupted]).toEqual([line, isEndless]);
		output += ended.output;
	}
	return output;
}

describe("the commands of the pages", () => {
	it("about the demo run as they are written", async ({ fileFolder, onTestFinished }) => {
		const project = await clone(fileFolder);
		onTestFinished(async () => void (await runLine("node dist/pipeline-cli.js down", project, {})));
		const demo = await runLine("npm run demo", project, {});
		expect(demo.code, demo.output).toBe(0);
		const [, template = ""] =
			/```json\n([\s\S]*?)^```/m.exec(await readFile(join(projectRoot, "docs/clicks.md"), "utf8")) ?? [];
		await writeFile(join(project, "click.json"), template);
		const blocks = await blocksFor("demo");
		// The README's block ends with `down`.
		const ordered = [
			...blocks.filter(({ page }) => page !== "README.md"),
			...blocks.filter(({ page }) => page === "README.md"),
		];
		expect(ordered.length).toBeGreaterThan(3);
		for (const block of ordered) await runBlock(block, project, {}, shorter);
		expect(await readdir(project)).toEqual(expect.arrayContaining(["answer.csv", "dashboard.html"]));
	});

	it("about one's own MySQL run as they are written", async ({ fileFolder, server, db, onTestFinished }) => {
		const project = await clone(join(fileFolder, "own"));
		await db.query(`
			CREATE DATABASE shop;
			CREATE TABLE shop.customers (id INT PRIMARY KEY, email VARCHAR(100), city VARCHAR(50));
			CREATE TABLE shop.orders (id INT PRIMARY KEY, customer_id INT, created_at DATETIME NOT NULL,
				FOREIGN KEY (customer_id) REFERENCES shop.customers (id));
			INSERT INTO shop.customers VALUES (1, 'a@company.test', 'Oslo'), (2, 'b@company.test', 'Bergen');
			INSERT INTO shop.orders SELECT seq, 1 + seq % 2, '2026-01-01' + INTERVAL seq HOUR FROM shop.seq_1_to_500;
			CREATE USER 'repl'@'127.0.0.1' IDENTIFIED BY '${password}';
			GRANT REPLICATION SLAVE, REPLICATION CLIENT, BINLOG MONITOR ON *.* TO 'repl'@'127.0.0.1';
			GRANT ALL ON shop.* TO 'repl'@'127.0.0.1';
		`);
		const blocks = await blocksFor("own");
		expect(blocks.length).toBeGreaterThan(0);
		const env: Record<string, string> = {};
		onTestFinished(async () => void (await runLine("node dist/pipeline-cli.js down", project, env)));
		let output = "";
		for (const block of blocks) {
			output += await runBlock(block, project, env, [
				["db.example.com:3306", `127.0.0.1:${server.port}`],
				["…", password],
			]);
		}
		expect(output).toContain("orders_by_day");
		const chart = await runLine("npx pipeline-cli query --name rows_by_day --csv", project, env);
		expect(chart.output).toContain("2026-01-01,23");
	});
});
