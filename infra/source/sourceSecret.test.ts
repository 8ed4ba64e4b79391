import { describe, expect, it } from "vitest";
import { generatedSecret } from "../testing/mockedCloud.ts";
import { runProgram } from "../testing/program.ts";
import { SourceSecret } from "./sourceSecret.ts";

const made = (disposable = false) =>
	runProgram(() => {
		const secret = new SourceSecret("secret", { username: "replication", kmsKeyArn: "arn:key", disposable });
		const located = secret.locate("db.test", 3306);
		return { arn: secret.arn, located };
	});

describe("SourceSecret", () => {
	it("generates a password that connection strings need not quote", async () => {
		expect((await made()).named("secret-password").inputs).toEqual({ length: 32, special: false });
	});

	it("is the JSON that DMS and Glue read, kept secret, once the host is known", async () => {
		const { inputs, secrets } = (await made()).named("secret-value");
		expect(secrets).toContain("secretString");
		expect(JSON.parse(String(inputs.secretString))).toEqual({
			username: "replication",
			password: generatedSecret,
			host: "db.test",
			port: 3306,
		});
		expect(Object.keys(inputs).sort()).toEqual(["secretId", "secretString"]);
	});

	it("is encrypted with the key, and goes immediately with a disposable stack only", async () => {
		const description = "Source database: username, password, host, port";
		const kept = await made();
		expect(kept.named("secret", "aws:secretsmanager/secret:Secret").inputs).toEqual({
			description,
			kmsKeyId: "arn:key",
			recoveryWindowInDays: 30,
		});
		const gone = (await made(true)).named("secret", "aws:secretsmanager/secret:Secret");
		expect(gone.inputs.recoveryWindowInDays).toBe(0);
	});

	it("has one ARN, whether its value is waited for or not", async () => {
		const { result } = await made();
		expect(result.located).toBe(result.arn);
		const program = await runProgram(() => {
			const first = new SourceSecret("first", { username: "u", kmsKeyArn: "arn:key", disposable: true });
			new SourceSecret("second", { username: "u", kmsKeyArn: first.locate("h", 1), disposable: true });
		});
		expect(program.named("second", "aws:secretsmanager/secret:Secret").dependencies).toContain("first-value");
	});
});
