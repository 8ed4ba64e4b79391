import { expect } from "vitest";
import { it } from "../support/aws/awsFixtures.ts";
import { faults } from "../support/aws/endpoint.ts";
import { outputs } from "../support/aws/outputs.ts";
import type { ScriptedStack } from "../support/aws/scriptedStack.ts";
import { sourceUser, type TlsSource } from "../support/aws/tlsSource.ts";
import { eventsOf } from "../support/logLines.ts";

let source: TlsSource;
let aws: ScriptedStack;
it.beforeAll(({ tlsSource }) => {
	source = tlsSource;
});
it.beforeEach(async ({ aws: own }) => {
	aws = own;
	aws.others.secret = { ...sourceUser, host: "127.0.0.1", port: source.server.port };
	await aws.deploy({ source: { ...outputs.source, caCertificate: source.ca } });
	process.env.AWS_SECRET_ACCESS_KEY = "access-key-that-is-secret";
	process.env.AWS_SESSION_TOKEN = "session-token-that-is-secret";
});

const readerPassword = "Reader0Password";
const secrets = [
	sourceUser.password,
	readerPassword,
	"access-key-that-is-secret",
	"session-token-that-is-secret",
	"secretwork",
];

it("has a line for every call of AWS and every statement at the source, and no secret in any", async () => {
	const doctor = await aws.run("doctor", "--verbose");
	const apply = await aws.run("warehouse", "apply", "--verbose");
	expect(apply.code).toBe(0);
	const events = [...eventsOf(doctor.err), ...eventsOf(apply.err)];
	const called = events.filter(({ event }) => event === "aws");
	const operations = called.map(({ service, operation }) => `${service}:${operation}`);
	expect(operations).toEqual(
		expect.arrayContaining([
			"sts:GetCallerIdentity",
			"secretsmanager:GetSecretValue",
			"redshift-data:ExecuteStatement",
		]),
	);
	expect(called).toHaveLength(aws.endpoint.calls.length);
	for (const { ms, attempts, requestId, status } of called) {
		expect({ attempts, status }).toEqual({ attempts: 1, status: 200 });
		expect(requestId).toBeTruthy();
		expect(ms).toBeGreaterThan(0);
	}
	const statements = events.filter(({ event }) => event === "mysql");
	expect(statements.length).toBeGreaterThan(5);
	expect(statements.some(({ sql }) => /SHOW GRANTS/i.test(String(sql)))).toBe(true);
	for (const secret of secrets) {
		for (const { out, err } of [doctor, apply]) {
			expect(out).not.toContain(secret);
			expect(err).not.toContain(secret);
		}
	}
});

it("names the error of a call, and how often it was tried", async () => {
	aws.endpoint.fault("athena", "StartQueryExecution", faults.throttle(), faults.throttle());
	const { err } = await aws.run("query", "SELECT 1", "--verbose");
	const failed = eventsOf(err).find(({ error }) => error !== undefined);
	expect(failed).toMatchObject({
		event: "aws",
		service: "athena",
		operation: "StartQueryExecution",
		attempts: 2,
		status: 400,
		error: "ThrottlingException",
		requestId: "scripted",
	});
});

it("leaves the document on stdout as it is", async () => {
	const { document, err } = await aws.json("status", "--verbose");
	expect(document).toHaveProperty("replication");
	expect(eventsOf(err).length).toBeGreaterThan(3);
});

it("is silent without being asked", async () => {
	expect(eventsOf((await aws.run("status")).err)).toEqual([]);
});
