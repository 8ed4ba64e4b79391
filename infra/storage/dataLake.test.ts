import { describe, expect, it } from "vitest";
import { runProgram } from "../testing/program.ts";
import { DataLake } from "./dataLake.ts";

describe("DataLake", () => {
	const lake = (disposable: boolean) =>
		runProgram(() => void new DataLake("lake", { kmsKeyArn: "arn:key", disposable }));
	const rules = (program: Awaited<ReturnType<typeof lake>>, bucket: string) =>
		program.named(`lake-${bucket}-lifecycle`).inputs.rules as {
			id: string;
			expiration?: unknown;
			transitions?: unknown;
		}[];

	it("never expires a file of the raw zone, nor one of the tables", async () => {
		const program = await lake(false);
		expect(rules(program, "raw").map(({ id }) => id)).toEqual(["abandoned-uploads", "colder"]);
		expect(rules(program, "raw").every(({ expiration }) => expiration === undefined)).toBe(true);
		const expiring = rules(program, "processed").filter(({ expiration }) => expiration !== undefined);
		expect(expiring).toEqual([
			// Markers of what is gone, and no file.
			expect.objectContaining({ id: "old-versions", expiration: { expiredObjectDeleteMarker: true } }),
			{ id: "query-results", status: "Enabled", filter: { prefix: "athena-queries/" }, expiration: { days: 30 } },
			// Glue's own history of runs goes back as far.
			{ id: "reports", status: "Enabled", filter: { prefix: "_runs/" }, expiration: { days: 90 } },
		]);
	});

	it("keeps no versions of what DMS writes", async () => {
		const program = await lake(false);
		const versioned = program.ofType("aws:s3/bucketVersioning:BucketVersioning").map(({ inputs }) => inputs.bucket);
		expect(versioned).toEqual(["lake-processed", "lake-scripts"]);
	});

	it("keeps the buckets and all their guards on destroy, unless the stack is disposable", async () => {
		const kept = (await lake(false)).resources.filter(({ custom }) => custom);
		expect(kept.filter(({ options }) => !options.includes("retained"))).toEqual([]);
		expect(kept.filter(({ inputs }) => inputs.forceDestroy === true)).toEqual([]);
		const gone = (await lake(true)).resources.filter(({ custom }) => custom);
		expect(gone.filter(({ options }) => options.includes("retained"))).toEqual([]);
		expect(gone.filter(({ inputs }) => inputs.forceDestroy === true)).toHaveLength(4);
	});

	it("encrypts with the key and bucket keys, except for the logs, whose delivery knows no key of ours", async () => {
		const program = await lake(false);
		expect(program.named("lake-raw-encryption").inputs.rules).toEqual([
			{
				applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "arn:key" },
				bucketKeyEnabled: true,
			},
		]);
		expect(program.named("lake-access-logs-encryption").inputs.rules).toEqual([
			{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
		]);
		expect(program.named("lake-raw-logging").inputs).toEqual({
			bucket: "lake-raw",
			targetBucket: "lake-access-logs",
			targetPrefix: "lake-raw/",
		});
	});
});
