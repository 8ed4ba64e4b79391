import { join } from "node:path";
import type { Row, Way } from "../core/measure.ts";
import { peersPython } from "../core/peers.ts";
import { cost } from "../core/processes.ts";
import { cli } from "../core/stack.ts";

const process_ = (name: string, command: string, args: readonly string[], times: number): Way => ({
	name,
	run: async () => {
		let seconds = 0;
		let memory = {};
		for (let time = 0; time < times; time += 1) {
			const one = await cost({ command, args });
			seconds += one.seconds;
			memory = one.memory;
		}
		return { seconds, memory };
	},
});

export const cliStart: Row = {
	name: "cli-start",
	what: "calls of `pipeline-cli --help`, one after the other, each in a new process",
	unit: "starts",
	sizes: [1, 5, 25],
	prepare: async (size) => ({
		ours: process_("pipeline-cli --help", process.execPath, [cli, "--help"], size),
		peers: [
			process_("node -e 0", process.execPath, ["-e", "0"], size),
			process_("aws --version", join(peersPython, "bin", "aws"), ["--version"], size),
		],
	}),
};
