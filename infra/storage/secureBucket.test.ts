import { describe, expect, it } from "vitest";
import { testEnvironment } from "../testing/mockedCloud.ts";
import { runProgram } from "../testing/program.ts";
import { SecureBucket, type SecureBucketArgs } from "./secureBucket.ts";

const made = (changes: Partial<SecureBucketArgs> = {}) =>
	runProgram(() => {
		const bucket = new SecureBucket("bucket", { disposable: false, lifecycleRules: [], ...changes });
		new SecureBucket("after", { disposable: false, lifecycleRules: [], logBucket: bucket.bucketName });
	});
const bucketArn = `arn:${testEnvironment.partition}:s3:::bucket`;

describe("SecureBucket", () => {
	it("blocks public access in all four ways, and belongs to the account alone", async () => {
		const program = await made();
		expect(program.named("bucket-public-access").inputs).toEqual({
			bucket: "bucket",
			blockPublicAcls: true,
			blockPublicPolicy: true,
			ignorePublicAcls: true,
			restrictPublicBuckets: true,
		});
		expect(program.named("bucket-ownership").inputs).toEqual({
			bucket: "bucket",
			rule: { objectOwnership: "BucketOwnerEnforced" },
		});
	});

	it("is encrypted with a key and a bucket key, or with S3's own", async () => {
		const rules = async (kmsKeyArn?: string) =>
			(await made(kmsKeyArn === undefined ? {} : { kmsKeyArn })).named("bucket-encryption").inputs.rules;
		expect(await rules("arn:key")).toEqual([
			{
				applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "arn:key" },
				bucketKeyEnabled: true,
			},
		]);
		expect(await rules()).toEqual([{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }]);
	});

	it("refuses what comes without TLS 1.2, besides statements of its own, once public access is blocked", async () => {
		const own = {
			Sid: "Own",
			Effect: "Allow",
			Principal: { Service: "x.amazonaws.com" },
			Action: "s3:PutObject",
		} as const;
		const program = await made({
			statements: ({ accountId }, arn) => [
				{ ...own, Resource: `${arn}/*`, Condition: { StringEquals: { "aws:SourceAccount": accountId } } },
			],
		});
		const { inputs, dependencies } = program.named("bucket-policy");
		expect(JSON.parse(String(inputs.policy)).Statement).toEqual([
			expect.objectContaining({ Sid: "DenyWithoutTls", Effect: "Deny", Resource: [bucketArn, `${bucketArn}/*`] }),
			expect.objectContaining({ Sid: "DenyOldTls", Effect: "Deny", Resource: [bucketArn, `${bucketArn}/*`] }),
			{
				...own,
				Resource: `${bucketArn}/*`,
				Condition: { StringEquals: { "aws:SourceAccount": testEnvironment.accountId } },
			},
		]);
		// Two changes of a bucket's policy at the same time fail.
		expect(dependencies).toContain("bucket-public-access");
	});

	it("keeps no versions unless it is asked to, then for a week, and no markers of what is gone", async () => {
		const plain = await made();
		expect(plain.ofType("aws:s3/bucketVersioning:BucketVersioning")).toEqual([]);
		const abandoned = {
			id: "abandoned-uploads",
			status: "Enabled",
			filter: {},
			abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
		};
		expect(plain.named("bucket-lifecycle").inputs).toEqual({ bucket: "bucket", rules: [abandoned] });
		const own = { id: "own", status: "Enabled", filter: { prefix: "a/" }, expiration: { days: 1 } };
		const versioned = await made({ versioned: true, lifecycleRules: [own] });
		expect(versioned.named("bucket-versioning").inputs).toEqual({
			bucket: "bucket",
			versioningConfiguration: { status: "Enabled" },
		});
		expect(versioned.named("bucket-lifecycle").inputs.rules).toEqual([
			abandoned,
			{
				id: "old-versions",
				status: "Enabled",
				filter: {},
				noncurrentVersionExpiration: { noncurrentDays: 7 },
				expiration: { expiredObjectDeleteMarker: true },
			},
			own,
		]);
	});

	it("logs to the bucket it is given, below its own name, and otherwise not", async () => {
		const program = await made();
		expect(program.ofType("aws:s3/bucketLogging:BucketLogging").map(({ inputs }) => inputs)).toEqual([
			{ bucket: "after", targetBucket: "bucket", targetPrefix: "after/" },
		]);
	});

	it("is written once its guards stand", async () => {
		const { dependencies } = (await made()).named("after-logging");
		expect(dependencies).toEqual(
			expect.arrayContaining(["bucket-encryption", "bucket-ownership", "bucket-policy", "bucket-public-access"]),
		);
	});

	it("is retained with its guards, or goes with all that is in it", async () => {
		const of = async (disposable: boolean) =>
			(await made({ disposable })).resources.filter(({ name, custom }) => custom && name.startsWith("bucket"));
		const kept = await of(false);
		expect(kept.length).toBeGreaterThan(5);
		expect(kept.filter(({ options }) => !options.includes("retained"))).toEqual([]);
		expect(kept.find(({ name }) => name === "bucket")?.inputs).toEqual({ forceDestroy: false });
		const gone = await of(true);
		expect(gone.filter(({ options }) => options.includes("retained"))).toEqual([]);
		expect(gone.find(({ name }) => name === "bucket")?.inputs).toEqual({ forceDestroy: true });
	});
});
