import type { Row } from "./measure.ts";
import { growth, type Measured, type RowResult, type Run, ratioOf, type SizeResult, shownSeconds } from "./results.ts";

/** The results as a page: a table a row. */
export function resultsPage(
	shown: readonly { run: Run; result: RowResult }[],
	rows: readonly Pick<Row, "name" | "what">[],
): string {
	const parts = shown.map(({ run, result }) =>
		section(run, result, rows.find(({ name }) => name === result.row)?.what ?? ""),
	);
	return `${["# Results", introduction, ...parts].join("\n\n")}\n`;
}

const introduction = `Written by \`npm run bench -- --keep\`. Seconds are the minimum of three interleaved rounds, with the median in
brackets. A ratio is the peer's time divided by ours in the same round; shown is the median of the rounds. Above 1, this project is
faster. Growth is e in seconds ∝ size^e. Memory is the peak of each process.`;

function section(run: Run, result: RowResult, what: string): string {
	const { machine } = run;
	const versions = Object.entries(machine.versions)
		.map(([name, version]) => `${name} ${version}`)
		.join(", ");
	const busy = machine.busy ? `, **busy with other work** (load ${machine.load}): the ratios are rough` : "";
	const where = `${run.at.slice(0, 10)}, ${run.commit}, ${machine.cores} cores, ${machine.memoryGb} GB, ${versions}${busy}.`;
	const lines = result.sizes.flatMap((size) => linesOf(result, size));
	const table = [
		`| ${result.unit} | way | seconds | ratio | growth | memory, MB |`,
		"|---|---|---|---|---|---|",
		...lines,
	];
	const text = `## ${result.row}\n\n${what.slice(0, 1).toUpperCase()}${what.slice(1)}. Measured ${where}\n\n${table.join("\n")}`;
	const parts = partsOf(result);
	return parts.length === 0 ? text : `${text}\n\n${parts.join("\n")}`;
}

/** A table of the steps of our way, or of other times that belong to it: a column a size. */
function partsOf({ sizes, unit }: RowResult): string[] {
	const names = [...new Set(sizes.flatMap(({ ours }) => Object.keys(ours.parts ?? {})))];
	if (names.length === 0) return [];
	const cells = (name: string): string[] =>
		sizes.map(({ ours }) => {
			const seconds = ours.parts?.[name];
			return seconds === undefined ? "" : shownSeconds(seconds);
		});
	return [
		`| seconds | ${sizes.map(({ size }) => `${size.toLocaleString("en")} ${unit}`).join(" | ")} |`,
		`|---|${"---|".repeat(sizes.length)}`,
		...names.map((name) => `| ${name} | ${cells(name).join(" | ")} |`),
	];
}

function linesOf(result: RowResult, size: SizeResult): string[] {
	const isLast = size === result.sizes.at(-1);
	return [size.ours, ...size.peers].map((way, index) => {
		const ratio = index === 0 ? "" : ratioOf(size, way).median.toFixed(2);
		const power = isLast ? (growth(result, way.way)?.toFixed(2) ?? "") : "";
		const count = index === 0 ? size.size.toLocaleString("en") : "";
		return `| ${count} | ${way.way} | ${shownSeconds(way.seconds)} | ${ratio} | ${power} | ${memoryOf(way)} |`;
	});
}

function memoryOf({ memory }: Measured): string {
	return Object.entries(memory)
		.map(([name, megabytes]) => `${name} ${megabytes}`)
		.join(", ");
}
