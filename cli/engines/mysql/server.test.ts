import { expect, it } from "vitest";
import { isMariaDb, readableVersion } from "./server.ts";

it.each([
	["10.11.19-MariaDB-0+deb12u1-log", "MariaDB 10.11.19", true],
	["8.0.33", "MySQL 8.0.33", false],
	["8.4.2-rds.20260101", "MySQL 8.4.2", false],
])("words the version %s", (version, readable, maria) => {
	expect(readableVersion(version)).toBe(readable);
	expect(isMariaDb(readable)).toBe(maria);
});
