import { describe, expect, it } from "vitest";
import { runProgram } from "../testing/program.ts";
import { Encryption } from "./encryption.ts";

const made = (disposable: boolean) =>
	runProgram(() => {
		new Encryption("key", { disposable });
	});

describe("Encryption", () => {
	it("keeps a key that data may need, and lets a disposable one go after a week", async () => {
		const kept = (await made(false)).named("key-key");
		expect(kept.options).toEqual(["retained", "protected"]);
		expect(kept.inputs).toEqual({
			description: "Data of key",
			enableKeyRotation: true,
			deletionWindowInDays: 30,
			policy: expect.any(String),
		});
		const gone = (await made(true)).named("key-key");
		expect(gone.options).toEqual([]);
		expect(gone.inputs.deletionWindowInDays).toBe(7);
	});

	it("has Glue encrypt logs, files and bookmarks with it", async () => {
		const program = await made(false);
		const kmsKeyArn = "arn:aws-test:kms:eu-central-1:111122223333:key/key-key";
		expect(program.named("key-glue").inputs).toEqual({
			name: "key-glue",
			encryptionConfiguration: {
				cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS", kmsKeyArn },
				jobBookmarksEncryption: { jobBookmarksEncryptionMode: "CSE-KMS", kmsKeyArn },
				s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn },
			},
		});
	});
});
