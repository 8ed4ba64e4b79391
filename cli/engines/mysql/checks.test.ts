import { describe, expect, it } from "vitest";
import { type Variables, variableChecks } from "./checks.ts";

const good: Variables = {
	log_bin: "ON",
	binlog_format: "ROW",
	binlog_row_image: "FULL",
	binlog_row_metadata: "FULL",
	server_id: "1",
	binlog_expire_logs_seconds: "0",
	expire_logs_days: "0.000000",
};

function failed(variables: Variables, version = "MariaDB 10.11.19"): { name: string; found: string; fix?: string }[] {
	return variableChecks(variables, version).filter((check) => !check.ok);
}

describe("variableChecks", () => {
	it("holds for the sample shop's settings", () => {
		expect(failed(good)).toEqual([]);
	});

	it.each<[keyof Variables, string, string, string]>([
		["log_bin", "OFF", "log_bin", "log-bin = log"],
		["binlog_format", "STATEMENT", "binlog_format", "SET GLOBAL binlog_format = 'ROW'"],
		["binlog_format", "MIXED", "binlog_format", "SET GLOBAL binlog_format = 'ROW'"],
		["binlog_row_image", "MINIMAL", "binlog_row_image", "SET GLOBAL binlog_row_image = 'FULL'"],
		["binlog_row_metadata", "NO_LOG", "binlog_row_metadata", "SET GLOBAL binlog_row_metadata = 'FULL'"],
		["server_id", "0", "server_id", "server_id = 1"],
		["binlog_expire_logs_seconds", "3600", "binlog retention", "24 hours"],
		["expire_logs_days", "0.5", "binlog retention", "24 hours"],
	])("names %s = %s with its fix", (variable, value, name, fix) => {
		const found = failed({ ...good, [variable]: value });
		expect(found.map((check) => check.name)).toEqual([name]);
		expect(found[0]?.fix).toContain(fix);
	});

	it("asks for a newer server where row metadata is unknown", () => {
		const { binlog_row_metadata: _, ...old } = good;
		expect(failed(old, "MySQL 5.7.44")[0]?.fix).toContain("MySQL 5.7.44 is too old");
	});

	it("names every failed setting, not the first only", () => {
		expect(failed({ log_bin: "OFF", server_id: "0" })).toHaveLength(5);
	});

	it("accepts retention of the sample shop, a day", () => {
		expect(failed({ ...good, expire_logs_days: "1" })).toEqual([]);
	});
});
