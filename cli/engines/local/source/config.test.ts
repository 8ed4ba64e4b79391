import { expect, it } from "vitest";
import { localPaths } from "../shared/paths.ts";
import { serverConfig } from "./config.ts";

it("has the sample shop's binary log settings, full row metadata, and the loopback only", () => {
	const lines = serverConfig(localPaths("/a folder/#1"), 23456).split("\n");
	for (const line of [
		"server_id = 1",
		"log-bin = log",
		"binlog_format = ROW",
		"binlog_row_image = FULL",
		"binlog_row_metadata = FULL",
		"log_slave_updates = ON",
		"performance_schema = ON",
		"bind-address = 127.0.0.1",
		"port = 23456",
		'datadir = "/a folder/#1/source/data"',
	]) {
		expect(lines).toContain(line);
	}
});
