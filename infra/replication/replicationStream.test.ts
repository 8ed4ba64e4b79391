import { describe, expect, it } from "vitest";
import { DataLake } from "../storage/dataLake.ts";
import { buckets, shared } from "../testing/componentArgs.ts";
import { runProgram } from "../testing/program.ts";
import { ReplicationStream } from "./replicationStream.ts";

describe("ReplicationStream", () => {
	const streamed = () =>
		runProgram(() => {
			const { targetEndpointArn } = new ReplicationStream("changes", {
				...shared,
				...buckets,
				schemas: ["wordpress-db", "classicmodels"],
			});
			new DataLake("task", { kmsKeyArn: targetEndpointArn, disposable: true });
		});

	it("delivers each table to a folder of its own, by the hour, under what the jobs read as messages", async () => {
		const program = await streamed();
		const { inputs } = program.named("changes-delivery");
		expect(inputs.extendedS3Configuration).toMatchObject({
			prefix: "!{partitionKeyFromQuery:schema}/!{partitionKeyFromQuery:table}/!{timestamp:yyyy/MM/dd/HH}/",
			// Not below a schema: what is there would be taken for messages.
			errorOutputPrefix: "clickstream-errors/replication/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/",
			bufferingSize: 64,
			bufferingInterval: 60,
			compressionFormat: "GZIP",
			fileExtension: ".json.gz",
			dynamicPartitioningConfiguration: { enabled: true },
			processingConfiguration: {
				enabled: true,
				processors: [{ type: "MetadataExtraction" }, { type: "AppendDelimiterToRecord" }],
			},
		});
	});

	it("gives messages about DMS's own tables, which have no schema, a folder that Firehose takes and no job reads", async () => {
		const program = await streamed();
		const { processingConfiguration } = program.named("changes-delivery").inputs.extendedS3Configuration as {
			processingConfiguration: { processors: { parameters: { parameterValue: string }[] }[] };
		};
		expect(processingConfiguration.processors[0]?.parameters[0]?.parameterValue).toBe(
			'{schema:(.metadata["schema-name"]|if .==null or .=="" then "_dms" else . end),table:.metadata["table-name"]}',
		);
		expect(program.named("changes-role-policy").inputs.policy).toContain('"arn:raw/_dms/*"');
	});

	it("has DMS write messages with definitions, nulls, exact integers and commit times", async () => {
		expect((await streamed()).named("changes-target").inputs).toMatchObject({
			engineName: "kinesis",
			endpointType: "target",
			kinesisSettings: {
				messageFormat: "json-unformatted",
				includeControlDetails: true,
				includeTableAlterOperations: true,
				includeNullAndEmpty: true,
				includeTransactionDetails: true,
				useLargeIntegerValue: true,
			},
		});
	});

	it("lets DMS write to its stream only, and nothing before Firehose reads", async () => {
		const program = await streamed();
		const policy = JSON.parse(program.named("changes-target-role-policy").inputs.policy as string) as {
			Statement: { Action: string[]; Resource: string[] }[];
		};
		expect(policy.Statement.map(({ Action }) => Action)).toEqual([
			["kinesis:DescribeStream", "kinesis:PutRecord", "kinesis:PutRecords"],
			["kms:Decrypt", "kms:GenerateDataKey"],
		]);
		expect(program.named("changes-target").dependencies).toContain("changes-delivery");
		expect(program.named("task-raw-encryption").dependencies).toContain("changes-target");
	});
});
