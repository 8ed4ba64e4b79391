import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CreateWorkGroupCommand } from "@aws-sdk/client-athena";
import {
	CreateCrawlerCommand,
	CreateDatabaseCommand,
	CreateJobCommand,
	CreateTableCommand,
} from "@aws-sdk/client-glue";
import { CreateStreamCommand } from "@aws-sdk/client-kinesis";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { DuckDBInstance } from "@duckdb/node-api";
import { Clients } from "../../../cli/engines/aws/client/clients.ts";
import { lake } from "../../../etl/contract/contract.ts";
import type { MiniStack } from "./ministack.ts";
import { outputs } from "./outputs.ts";

/** More than a page of 1,000, beyond which the console walkthrough's script copied nothing; named as change files of a table. */
export const manyKeys = Array.from(
	{ length: 1_250 },
	(_, at) => `shop/many/20261120-${String(at).padStart(9, "0")}.parquet`,
);
/** Begins as the names of the others do. */
export const otherKey = "shop/many_more/LOAD00000001.parquet";

const { raw, processed } = outputs.buckets;
const { database, crawler } = outputs.catalog;
const role = "arn:aws:iam::000000000000:role/dev";

/** Firehose is asked for here only, so its client is not one of our dependencies; MiniStack does not look at signatures. */
async function createDelivery(url: string, name: string, settings: object): Promise<void> {
	const scope = `test/20261120/${outputs.region}/firehose/aws4_request`;
	const answer = await fetch(url, {
		method: "POST",
		headers: {
			"content-type": "application/x-amz-json-1.1",
			"x-amz-target": "Firehose_20150804.CreateDeliveryStream",
			authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
		},
		body: JSON.stringify({ DeliveryStreamName: name, ...settings }),
	});
	if (!answer.ok) throw new Error(`CreateDeliveryStream: ${await answer.text()}`);
}

/**
 * What `pulumi up` would have made, as far as MiniStack has it.
 * @param folder for files on their way.
 */
export async function deploy({ url }: MiniStack, folder: string, signal: AbortSignal): Promise<void> {
	const clients = new Clients({ region: outputs.region, signal });
	const s3 = await clients.s3();
	for (const bucket of [raw, processed, "dev-results"]) await s3.send(new CreateBucketCommand({ Bucket: bucket }));
	const file = await parquetFile(folder);
	await s3.send(new PutObjectCommand({ Bucket: processed, Key: "clicks/part-0.parquet", Body: file }));
	const keys = [...manyKeys, otherKey];
	for (let from = 0; from < keys.length; from += 50) {
		await Promise.all(
			keys.slice(from, from + 50).map((Key) => s3.send(new PutObjectCommand({ Bucket: raw, Key, Body: Key }))),
		);
	}
	const glue = await clients.glue();
	await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
	await glue.send(
		new CreateTableCommand({
			DatabaseName: database,
			TableInput: {
				Name: "clicks",
				TableType: "EXTERNAL_TABLE",
				StorageDescriptor: {
					Location: `s3://${processed}/clicks/`,
					Columns: [
						{ Name: "department", Type: "string" },
						{ Name: "price", Type: "double" },
					],
					InputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
					OutputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
					SerdeInfo: { SerializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
				},
			},
		}),
	);
	const kinesis = await clients.kinesis();
	if (outputs.clickstream === null || crawler === null) throw new Error("a stack with clicks is expected");
	const { streamName, deliveryStreamName } = outputs.clickstream;
	await kinesis.send(new CreateStreamCommand({ StreamName: streamName, ShardCount: 2 }));
	await createDelivery(url, deliveryStreamName, {
		DeliveryStreamType: "KinesisStreamAsSource",
		KinesisStreamSourceConfiguration: {
			KinesisStreamARN: `arn:aws:kinesis:${outputs.region}:000000000000:stream/${streamName}`,
			RoleARN: role,
		},
		ExtendedS3DestinationConfiguration: {
			BucketARN: `arn:aws:s3:::${raw}`,
			RoleARN: role,
			Prefix: `${lake.clickstream}/!{timestamp:yyyy}/!{timestamp:MM}/!{timestamp:dd}/!{timestamp:HH}/`,
			ErrorOutputPrefix: `${lake.clickstreamErrors}/`,
		},
	});
	await glue.send(
		new CreateCrawlerCommand({
			Name: crawler,
			Role: role,
			DatabaseName: database,
			Targets: { S3Targets: [{ Path: `s3://${processed}/` }] },
		}),
	);
	for (const Name of Object.values(outputs.jobs)) {
		const command = { Name: "glueetl", ScriptLocation: "s3://dev-scripts/job.py" };
		await glue.send(new CreateJobCommand({ Name, Role: role, Command: command }));
	}
	const athena = await clients.athena();
	await athena.send(
		new CreateWorkGroupCommand({
			Name: outputs.athena.workgroup,
			Configuration: { ResultConfiguration: { OutputLocation: outputs.athena.resultsUri } },
		}),
	);
}

/** 1,500 clicks on three departments. */
async function parquetFile(folder: string): Promise<Uint8Array> {
	const instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	try {
		const file = join(folder, "clicks.parquet");
		await connection.run(
			`COPY (SELECT ['Toys', 'Books', 'Garden'][1 + n % 3] AS department, (n % 10)::DOUBLE AS price FROM range(1500) AS r(n)) TO '${file}' (FORMAT parquet)`,
		);
		return await readFile(file);
	} finally {
		connection.closeSync();
		instance.closeSync();
	}
}
