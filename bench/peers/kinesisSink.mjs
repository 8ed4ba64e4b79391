/** Answers every call of Kinesis that `clicks send` and `aws kinesis` make immediately, and keeps nothing. `node kinesisSink.mjs <port>`. */
import { createServer } from "node:http";

const Records = Array.from({ length: 500 }, (_, at) => ({
	SequenceNumber: `49590338271490256608559692538361571095921575989136588${String(at).padStart(3, "0")}`,
	ShardId: "shardId-000000000000",
}));
const answers = new Map([
	["Kinesis_20131202.PutRecords", JSON.stringify({ FailedRecordCount: 0, Records })],
	[
		"Kinesis_20131202.DescribeStreamSummary",
		JSON.stringify({ StreamDescriptionSummary: { StreamName: "sink", StreamStatus: "ACTIVE" } }),
	],
]);

createServer((request, response) => {
	request.resume();
	request.once("end", () => {
		response.setHeader("content-type", "application/x-amz-json-1.1");
		response.end(answers.get(String(request.headers["x-amz-target"])) ?? "{}");
	});
}).listen(Number(process.argv[2]), "127.0.0.1");

process.once("SIGINT", () => process.exit(0));
