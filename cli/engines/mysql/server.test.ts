import { expect, it } from "vitest";
import type { SourceConnection } from "../port.ts";
import { countRows, isMariaDb, readableVersion } from "./server.ts";

it.each([
	["10.11.19-MariaDB-0+deb12u1-log", "MariaDB 10.11.19", true],
	["8.0.33", "MySQL 8.0.33", false],
	["8.4.2-rds.20260101", "MySQL 8.4.2", false],
])("words the version %s", (version, readable, maria) => {
	expect(readableVersion(version)).toBe(readable);
	expect(isMariaDb(readable)).toBe(maria);
});

it.each([
	["that was dropped since", "42S02"],
	["that the user may see and not read", "42000"],
	["that is damaged", "HY000"],
])("counts the rows of the others beside a table %s", async (_, sqlState) => {
	const query = async (sql: string) => {
		if (sql.includes("information_schema"))
			return [
				{ name: "a", estimate: 1 },
				{ name: "b", estimate: 1 },
			];
		if (sql.includes("`b`")) throw Object.assign(new Error("no"), { sqlState });
		return [{ count: 3 }];
	};
	expect(await countRows({ query } as unknown as SourceConnection, ["own"])).toEqual([
		{ schema: "own", tables: 2, rows: 3 },
	]);
});
