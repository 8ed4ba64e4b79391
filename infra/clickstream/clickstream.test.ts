import { describe, expect, it } from "vitest";
import { DataLake } from "../storage/dataLake.ts";
import { buckets, shared } from "../testing/componentArgs.ts";
import { runProgram } from "../testing/program.ts";
import { Clickstream } from "./clickstream.ts";

describe("Clickstream", () => {
	it("has the stream's name only once Firehose reads it", async () => {
		const program = await runProgram(() => {
			const { streamName } = new Clickstream("clicks", {
				...shared,
				...buckets,
				streamName: "kds",
				deliveryStreamName: "kdf",
				retentionHours: 24,
			});
			new DataLake("producer", { kmsKeyArn: streamName, disposable: true });
		});
		expect(program.named("producer-raw-encryption").dependencies).toEqual(
			expect.arrayContaining(["clicks-delivery", "clicks-stream"]),
		);
		expect(program.named("clicks-delivery").dependencies).toContain("clicks-role-policy");
	});

	it("delivers gzipped lines by the hour, every MiB or minute, and has no encryption setting that a Kinesis source forbids", async () => {
		const program = await runProgram(() => {
			new Clickstream("clicks", {
				...shared,
				...buckets,
				streamName: "kds",
				deliveryStreamName: "kdf",
				retentionHours: 24,
			});
		});
		const { inputs } = program.named("clicks-delivery");
		expect(inputs).not.toHaveProperty("serverSideEncryption");
		expect(inputs.extendedS3Configuration).toMatchObject({
			prefix: "clickstream-data/!{timestamp:yyyy/MM/dd/HH}/",
			errorOutputPrefix: "clickstream-errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/",
			bufferingSize: 1,
			bufferingInterval: 60,
			compressionFormat: "GZIP",
			processingConfiguration: {
				enabled: true,
				processors: [
					{ type: "AppendDelimiterToRecord", parameters: [{ parameterName: "Delimiter", parameterValue: "\\n" }] },
				],
			},
		});
		expect(program.named("clicks-stream").inputs).toMatchObject({
			name: "kds",
			streamModeDetails: { streamMode: "ON_DEMAND" },
		});
		expect(program.named("clicks-stream").inputs).not.toHaveProperty("shardCount");
	});
});
