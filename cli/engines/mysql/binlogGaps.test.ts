import { expect, test } from "vitest";
import { binlogGaps } from "./binlogGaps.ts";

type Answers = Record<string, Record<string, unknown>[] | string>;

/** @param answers by how a statement begins; a text is the code of an error. */
function server(answers: Answers) {
	return async (sql: string): Promise<Record<string, unknown>[]> => {
		const answer = Object.entries(answers).find(([start]) => sql.startsWith(start))?.[1] ?? [];
		if (typeof answer === "string") throw Object.assign(new Error(answer), { code: answer });
		return answer;
	};
}

const filtered = (only: string, without: string): Answers => ({
	"SHOW MASTER STATUS": [{ File: "log.1", Binlog_Do_DB: only, Binlog_Ignore_DB: without }],
	"SHOW GLOBAL STATUS": [{ Variable_name: "Slaves_running", Value: "0" }],
});
const updates = (value: string): Answers => ({
	"SHOW GLOBAL VARIABLES": [{ Variable_name: "log_replica_updates", Value: value }],
});
const found = async (answers: Answers) => (await binlogGaps(server(answers), ["shop", "Crm"])).map((gap) => gap.found);

test.for<[what: string, answers: Answers, gaps: unknown[]]>([
	["no filter", filtered("", ""), []],
	["a filter of other schemas", filtered("", "test,mysql"), []],
	["both chosen, whatever their case", filtered("SHOP,crm", ""), []],
	[
		"one left out",
		filtered("", "crm"),
		[expect.stringContaining("the binlog does not contain changes of Crm (binlog_ignore_db)")],
	],
	[
		"one not chosen",
		filtered("shop", ""),
		[expect.stringContaining("the binlog does not contain changes of Crm (binlog_do_db)")],
	],
	["only others chosen", filtered("test", ""), [expect.stringContaining("changes of shop, Crm")]],
	[
		"the newer words alone",
		{ "SHOW MASTER STATUS": "ER_PARSE_ERROR", "SHOW BINARY LOG STATUS": [{ Binlog_Ignore_DB: "shop" }] },
		[expect.stringContaining("changes of shop")],
	],
	[
		"a replica of MariaDB",
		{ ...filtered("", ""), "SHOW GLOBAL STATUS": [{ Value: "1" }] },
		[expect.stringContaining("is a replica")],
	],
	[
		"a replica of MariaDB that is stopped",
		{ ...filtered("", ""), "SHOW ALL SLAVES STATUS": [{}] },
		[expect.stringContaining("is a replica")],
	],
	[
		"a node of a Galera cluster",
		{ ...filtered("", ""), "SHOW GLOBAL VARIABLES": [{ Variable_name: "wsrep_on", Value: "ON" }] },
		[expect.stringContaining("is a node of a Galera cluster")],
	],
	["a node that logs what it gets", { ...updates("ON"), "SHOW GLOBAL STATUS": [{ Value: "0" }] }, []],
	[
		"a replica of MySQL",
		{ ...updates("OFF"), "SHOW SLAVE STATUS": "ER_PARSE_ERROR", "SHOW REPLICA STATUS": [{}] },
		[expect.stringContaining("is a replica")],
	],
	[
		"a replica that logs what it replicates",
		{ ...updates("ON"), "SHOW REPLICA STATUS": [{}], "SHOW SLAVE STATUS": [{}] },
		[],
	],
	[
		"a server whose user may not ask",
		{ ...updates("OFF"), "SHOW SLAVE STATUS": "ER_SPECIFIC_ACCESS_DENIED_ERROR" },
		[],
	],
])("%s", async ([, answers, gaps]) => {
	expect(await found(answers)).toEqual(gaps);
});
