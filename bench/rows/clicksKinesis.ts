import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { outputs } from "../../tests/support/aws/outputs.ts";
import { freePort } from "../../tests/support/servers/testServer.ts";
import { answering } from "../core/answering.ts";
import type { Once, Row } from "../core/measure.ts";
import { peersPython } from "../core/peers.ts";
import { begin, cost } from "../core/processes.ts";
import { cli } from "../core/stack.ts";

/** The most that a call of Kinesis takes. */
const recordsOfCall = 500;
const record = JSON.stringify({ fill: "x".repeat(155) });

export const clicksKinesis: Row = {
	name: "clicks-kinesis",
	what: "clicks to a server that speaks Kinesis, accepts everything and keeps nothing: `clicks send`, compared with full calls of `aws kinesis put-records`, one after the other",
	unit: "records",
	sizes: [500, 2_000, 8_000],
	async prepare(size, folder, defer) {
		const port = await freePort();
		const sink = begin({
			command: process.execPath,
			args: [join(import.meta.dirname, "..", "peers", "kinesisSink.mjs"), `${port}`],
			okCodes: [0, 130],
		});
		defer(() => {
			sink.interrupt();
			return sink.ended();
		});
		const url = `http://127.0.0.1:${port}`;
		await answering(url);
		const env = {
			AWS_ENDPOINT_URL: url,
			AWS_ACCESS_KEY_ID: "bench",
			AWS_SECRET_ACCESS_KEY: "bench",
			AWS_DEFAULT_REGION: "us-east-1",
			AWS_EC2_METADATA_DISABLED: "true",
			PIPELINE_HOME: join(folder, "home"),
		};
		const file = join(folder, "outputs.json");
		await writeFile(file, JSON.stringify({ pipeline: outputs }));
		const batch = join(folder, "batch.json");
		const Records = Array.from({ length: recordsOfCall }, (_, at) => ({
			Data: Buffer.from(record).toString("base64"),
			PartitionKey: `${at}`,
		}));
		await writeFile(batch, JSON.stringify(Records));
		const name = outputs.clickstream?.streamName ?? "";
		const call = ["kinesis", "put-records", "--stream-name", name, "--records", `file://${batch}`, "--output", "json"];
		return {
			ours: {
				name: "pipeline-cli clicks send",
				run: async () => {
					const args = [cli, "clicks", "send", "--outputs", file, "--records", `${size}`, "--json"];
					const { seconds, memory, stdout } = await cost({ command: process.execPath, args, env });
					const { accepted } = JSON.parse(stdout) as { accepted?: number };
					if (accepted !== size) throw new Error(`${accepted} of ${size} records were accepted: ${stdout}`);
					return { seconds, memory };
				},
			},
			peers: [
				{
					name: "aws kinesis put-records",
					run: async (): Promise<Once> => {
						let [seconds, memory] = [0, {}];
						for (let sent = 0; sent < size; sent += recordsOfCall) {
							const one = await cost({ command: join(peersPython, "bin", "aws"), args: call, env });
							if (JSON.parse(one.stdout).FailedRecordCount !== 0) throw new Error("put-records lost records");
							seconds += one.seconds;
							memory = one.memory;
						}
						return { seconds, memory };
					},
				},
			],
		};
	},
};
