import { expect, it } from "vitest";
import { volatileIn } from "./volatile.ts";

it.each([
	["SELECT rand() AS r FROM t", "rand"],
	["SELECT uuid ( ) AS id FROM t", "uuid"],
	["SELECT * FROM t WHERE day < CURRENT_DATE", "current_date"],
	["SELECT * FROM t WHERE at < now() - INTERVAL 1 DAY", "now"],
	["SELECT unix_timestamp() AS s", "unix_timestamp"],
	["SELECT * FROM t TABLESAMPLE (10 PERCENT)", "tablesample"],
	["SELECT '--' AS dashes, random(3) AS r", "random"],
	["SELECT 'it\\'s' AS a, rand() AS r, 'x' AS b", "rand"],
])("finds in %s what gives something else each time", (sql, name) => {
	expect(volatileIn(sql)).toBe(name);
});

it.each([
	"SELECT now, random, uuid FROM t",
	"SELECT `current_date` FROM t",
	"SELECT unix_timestamp(at) AS s FROM t",
	"SELECT 'rand()' AS text, \"now()\" AS other -- current_date\nFROM t",
	"/* was\n current_timestamp */ SELECT a FROM t",
	"SELECT brand(a) AS b, current_dates FROM t",
])("finds nothing in %s", (sql) => {
	expect(volatileIn(sql)).toBeUndefined();
});
