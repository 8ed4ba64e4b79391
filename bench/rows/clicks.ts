import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Row } from "../core/measure.ts";
import { cost } from "../core/processes.ts";
import { BenchStack } from "../core/stack.ts";

/** Nothing listens there: clicks need no source. */
const noPort = 1;

export const clicks: Row = {
	name: "clicks",
	what: "`clicks send`, which generates the records and returns when all are on disk in the delivery buffer, compared with counting the same number of lines in a file",
	unit: "records",
	sizes: [10_000, 100_000, 1_000_000],
	async prepare(size, folder) {
		const home = join(folder, "home");
		const lines = join(folder, "lines");
		// As long as one of our records.
		await cost({ command: "sh", args: ["-c", `yes '${"x".repeat(166)}' | head -n ${size} > '${lines}'`] });
		return {
			ours: {
				name: "pipeline-cli clicks send",
				run: async () => {
					const stack = await BenchStack.create(home, noPort, ["bench"]);
					const { seconds, memory, stdout } = await stack.run(["clicks", "send", "--records", `${size}`, "--json"]);
					await rm(home, { recursive: true });
					const { accepted } = JSON.parse(stdout) as { accepted?: number };
					if (accepted !== size) throw new Error(`${accepted} of ${size} records were accepted: ${stdout}`);
					return { seconds, memory };
				},
			},
			peers: [{ name: "wc -l", run: () => cost({ command: "wc", args: ["-l", lines] }) }],
		};
	},
};
