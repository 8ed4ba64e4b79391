import { describe, expect, it } from "vitest";
import { databaseUserData, replicationGrants } from "./userData.ts";

describe("the start-up script of the simulated server", () => {
	const script = databaseUserData({
		region: "eu-central-1",
		secretArn: "arn:secret",
		tlsSecretArn: "arn:tls",
		sampleSchemaUri: "s3://scripts/sample.sql",
		binlogRetentionHours: 30,
		schemas: ["wordpress-db", "classicmodels"],
		verifyTable: { schema: "wordpress-db", table: "wp_terms", isHeartbeat: false },
	});

	it("turns on row binlogs for as many days as the hours need, and TLS only", () => {
		for (const line of [
			"log_bin = binlog",
			"binlog_format = ROW",
			"binlog_row_image = FULL",
			"expire_logs_days = 2",
			"require_secure_transport = ON",
		]) {
			expect(script.split("\n")).toContain(line);
		}
	});

	it("lets the replication user read schemas and binlog, and write the rows that verify-cdc follows", () => {
		expect(script.match(/^GRANT .+/gm)).toEqual([
			"GRANT BINLOG MONITOR, REPLICATION SLAVE ON *.* TO '$username'@'%';",
			"GRANT SELECT ON \\`wordpress-db\\`.* TO '$username'@'%';",
			"GRANT SELECT ON \\`classicmodels\\`.* TO '$username'@'%';",
			"GRANT INSERT, DELETE ON \\`wordpress-db\\`.\\`wp_terms\\` TO '$username'@'%';",
		]);
	});

	it("lets it make a table of heartbeats, which the server does not have when it starts", () => {
		const verifyTable = { schema: "shop", table: "beat`s", isHeartbeat: true };
		expect(replicationGrants("dms", { schemas: [], verifyTable }).slice(1)).toEqual([
			"GRANT CREATE, INSERT, DELETE ON `shop`.`beat``s` TO 'dms'@'%';",
		]);
	});

	it("makes every call of AWS again that fails: the script runs once, and what it needs may come later", () => {
		const calls = script.split("\n").filter((line) => /^[^#]*\b(aws|dnf) [a-z]/.test(line));
		expect(calls.length).toBeGreaterThan(2);
		expect(calls.filter((line) => !/\bagain (aws|dnf) /.test(line))).toEqual([]);
	});

	it("does not trace its commands, and needs no way to the internet", () => {
		expect(script).not.toMatch(/set -[a-z]*x|https?:\/\//);
	});
});
