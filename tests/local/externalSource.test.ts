import { mkdir, readFile, stat } from "node:fs/promises";
import type { Connection } from "mysql2/promise";
import { describe, expect } from "vitest";
import type { LocalPaths } from "../../cli/engines/local/shared/paths.ts";
import { passwordFile, readSettings } from "../../cli/engines/local/shared/settings.ts";
import { useExternalSource } from "../../cli/engines/local/source/external.ts";
import { LocalSource } from "../../cli/engines/local/source/localSource.ts";
import { seedSource } from "../../cli/engines/local/source/seed/seed.ts";
import { startPrivateSource, stopSource } from "../../cli/engines/local/source/up.ts";
import { connect } from "../../cli/engines/mysql/connection.ts";
import { parseSourceUrl } from "../../cli/engines/mysql/sourceUrl.ts";
import type { Context, SourceConnection } from "../../cli/engines/port.ts";
import { it } from "../support/cliFixtures.ts";
import { client, refusal } from "../support/privateSource.ts";

describe("a server of the user's own", () => {
	let own: LocalPaths;
	let paths: LocalPaths;
	let context: Context;
	let admin: Connection;
	let port: number;

	it.beforeAll(async ({ filePaths, fileContext }) => {
		own = filePaths;
		await startPrivateSource(fileContext, {}, own);
		port = (await readSettings(own))?.source.port ?? 0;
		admin = await client(own);
		await admin.query("CREATE DATABASE shop");
		await admin.query("CREATE TABLE shop.keyed (a INT PRIMARY KEY)");
		await admin.query("CREATE TABLE shop.keyless (a INT)");
		await admin.query("CREATE USER 'repl'@'127.0.0.1' IDENTIFIED BY 'p:/@ \"word'");
	});

	it.afterAll(() => admin.end());

	it.beforeEach(({ paths: empty, context: current }) => {
		paths = empty;
		context = current;
	});

	function use(schemas: string[], password = 'p:/@ "word', to = paths): ReturnType<typeof useExternalSource> {
		const server = parseSourceUrl(`mysql://repl@127.0.0.1:${port}`, false);
		return useExternalSource(context, { server, schemas, askPassword: async () => password }, to);
	}

	it("is refused with every failed check and its fix, and nothing is kept", async () => {
		await admin.query("SET GLOBAL binlog_row_metadata = 'NO_LOG'");
		await admin.query("SET GLOBAL binlog_row_image = 'MINIMAL'");
		await admin.query("SET GLOBAL binlog_format = 'STATEMENT'");
		try {
			const error = await refusal(use(["shop", "nowhere"]));
			expect(error.outcome).toBe("usage");
			for (const name of [
				"binlog_format: STATEMENT",
				"binlog_row_image: MINIMAL",
				"binlog_row_metadata: NO_LOG",
				"grant REPLICATION SLAVE: not granted",
				"grant BINLOG MONITOR: not granted",
				"SELECT on shop: the schema does not exist",
				"SELECT on nowhere: the schema does not exist",
			]) {
				expect(error.text.why).toContain(name);
			}
			expect(error.text.fix).toContain("SET GLOBAL binlog_row_metadata = 'FULL'");
			expect(error.text.fix).toContain("GRANT REPLICATION SLAVE ON *.* TO 'repl'@'127.0.0.1';");
			expect(error.text.fix).toContain("GRANT SELECT ON `shop`.* TO 'repl'@'127.0.0.1';");
			expect(error.text.next).toBe(
				`pipeline-cli source up --source-url mysql://repl@127.0.0.1:${port} --schema shop --schema nowhere`,
			);
			expect(await readSettings(paths)).toBeUndefined();
		} finally {
			await admin.query("SET GLOBAL binlog_row_metadata = 'FULL'");
			await admin.query("SET GLOBAL binlog_row_image = 'FULL'");
			await admin.query("SET GLOBAL binlog_format = 'ROW'");
		}
	});

	it("is used when its fixes were made; keyless tables are a warning", async () => {
		await admin.query("GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO 'repl'@'127.0.0.1'");
		await admin.query("GRANT SELECT ON shop.* TO 'repl'@'127.0.0.1'");
		const { checks } = await use(["shop"]);
		expect(checks.filter((check) => !check.ok)).toEqual([]);
		expect(checks.find((check) => check.warning !== undefined)?.warning).toContain("keyless");
		expect((await readSettings(paths))?.source).toEqual({
			kind: "external",
			host: "127.0.0.1",
			port,
			user: "repl",
			tls: "DISABLED",
			schemas: ["shop"],
		});
		expect((await stat(passwordFile(paths))).mode & 0o777).toBe(0o600);
		expect(await readFile(paths.settings, "utf8")).not.toContain("word");
		const source = new LocalSource(paths);
		expect(await source.status()).toMatchObject({
			state: "running",
			schemas: [{ schema: "shop", tables: 2, rows: 0 }],
		});
		expect(await stopSource(context, paths)).toBe("not ours");
		expect((await source.status()).state).toBe("running");
	});

	it("is used with privileges that come by a role; another user, or a URL with a schema, changes no schemas", async () => {
		await use(["shop"]);
		await admin.query("CREATE ROLE reader");
		await admin.query("GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO reader");
		await admin.query("GRANT SELECT ON shop.* TO reader");
		await admin.query("CREATE USER 'member'@'127.0.0.1' IDENTIFIED BY 'x'");
		await admin.query("GRANT reader TO 'member'@'127.0.0.1'");
		await admin.query("SET DEFAULT ROLE reader FOR 'member'@'127.0.0.1'");
		const useAs = (path: string): ReturnType<typeof useExternalSource> => {
			const server = parseSourceUrl(`mysql://member@127.0.0.1:${port}${path}`, false);
			return useExternalSource(context, { server, askPassword: async () => "x" }, paths);
		};
		const { checks } = await useAs("");
		expect(checks.filter((check) => !check.ok)).toEqual([]);
		expect((await refusal(useAs("/mysql"))).text.what).toContain("The stack does not replicate the schema mysql");
		await useAs("/shop");
		expect((await readSettings(paths))?.source).toMatchObject({ user: "member", schemas: ["shop"] });
	});

	it("is used where some of its tables cannot be read, which are named; names that fold to one are different tables", async () => {
		for (const statement of [
			"CREATE DATABASE mixed",
			"CREATE TABLE mixed.good (id INT PRIMARY KEY) SELECT 1 AS id",
			"CREATE TABLE mixed.E (id INT PRIMARY KEY)",
			"CREATE TABLE mixed.`é` (id INT)",
			"CREATE TABLE mixed.incomplete (id INT NOT NULL, KEY (id)) ENGINE = MRG_MyISAM UNION = (mixed.nothing)",
			"CREATE TABLE mixed.part (id INT PRIMARY KEY, secret INT)",
		]) {
			await admin.query(statement);
		}
		await admin.query("CREATE USER 'some'@'127.0.0.1' IDENTIFIED BY 'p:/@ \"word'");
		await admin.query("GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO 'some'@'127.0.0.1'");
		await admin.query("GRANT SELECT (id) ON mixed.part TO 'some'@'127.0.0.1'");
		const useMixed = async () => {
			const server = parseSourceUrl(`mysql://some@127.0.0.1:${port}`, false);
			const { checks } = await useExternalSource(
				context,
				{ server, schemas: ["mixed"], command: "up", askPassword: async () => 'p:/@ "word' },
				paths,
			);
			return Object.fromEntries(checks.map((check) => [check.name, check]));
		};
		const { text } = await refusal(useMixed());
		expect(text.why).toContain("SELECT on mixed: refused for part (");
		expect(text.next).toBe(`pipeline-cli up --source-url mysql://some@127.0.0.1:${port} --schema mixed`);
		for (const table of ["good", "E", "`é`", "incomplete"]) {
			await admin.query(`GRANT SELECT ON mixed.${table} TO 'some'@'127.0.0.1'`);
		}
		const checks = await useMixed();
		expect(checks["SELECT on mixed"]).toMatchObject({ ok: true, found: "3 of 5 tables" });
		const warning = checks["SELECT on mixed"]?.warning ?? "";
		expect(warning).toMatch(/Refused: part \(.*GRANT SELECT ON `mixed`\.\* TO 'some'@'127\.0\.0\.1';/);
		expect(warning).toMatch(/Damaged, or incomplete: incomplete \(Unable to open underlying table/);
		expect(checks["primary keys of mixed"]?.warning).toMatch(/: é, incomplete$/);
		// What can be counted is counted.
		expect(await new LocalSource(paths).status()).toMatchObject({
			state: "running",
			schemas: [{ schema: "mixed", tables: 5, rows: 1 }],
		});
	});

	it("is never written to without --yes", async () => {
		await use(["shop"]);
		const error = await refusal(seedSource(context, { seed: 1, scale: 1, reset: true }, paths));
		expect(error.outcome).toBe("usage");
		expect(error.text.next).toContain("--yes");
	});

	it("is refused with a wrong password, which is not shown", async () => {
		const error = await refusal(use(["shop"], "wrong-secret"));
		expect(error.outcome).toBe("credentials");
		expect(JSON.stringify(error.text)).not.toContain("wrong-secret");
		expect(await readSettings(paths)).toBeUndefined();
	});

	it("is reached without TLS only where that is wanted", async () => {
		const reach = (mode: string): Promise<SourceConnection> => {
			const server = parseSourceUrl(`mysql://repl@127.0.0.1:${port}/?ssl-mode=${mode}`, false);
			return connect({ ...server, password: 'p:/@ "word', schemas: [] });
		};
		await (await reach("PREFERRED")).close();
		for (const mode of ["REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"]) {
			expect((await refusal(reach(mode))).text.what).toContain("does not support encrypted connections");
		}
	});

	it("can't take the place of the private MariaDB while that runs, nor of a source that is replicated", async ({
		context,
	}) => {
		const running = await refusal(use(["shop"], undefined, own));
		expect(running.text.next).toBe("pipeline-cli source down");
		await use(["shop"]);
		await mkdir(paths.replication, { recursive: true });
		const replicated = await refusal(startPrivateSource(context, {}, paths));
		expect(replicated.text.fix).toContain("pipeline-cli down --purge");
		expect(replicated.text.next).toBe("pipeline-cli up --stack local-shop");
	});
});
