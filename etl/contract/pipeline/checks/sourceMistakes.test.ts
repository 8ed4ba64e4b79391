import { describe, it } from "vitest";
import { type Case, expectSaid, tables } from "../fixtures/cases.ts";
import { least } from "../fixtures/said.ts";

describe("a mistake in source and tables", () => {
	it.each<Case>([
		// Source
		[
			"no schema",
			"name: shop\nsource: { schemas: [] }\n",
			[
				'2 source.schemas: It must list at least one schema. For example: schemas: { shop: { tables: { exclude: ["tmp_*"] } } }',
			],
		],
		[
			"an empty mapping of schemas",
			"name: shop\nsource: { schemas: {} }\n",
			[/^2 source\.schemas: It must list at least one schema\./],
		],
		[
			"schemas of another type",
			"name: shop\nsource: { schemas: shop }\n",
			[/^2 source\.schemas: It must be a list or a mapping of names, but is the text "shop"\./],
		],
		[
			"a schema twice",
			"name: shop\nsource: { schemas: [shop, shop] }\n",
			['2 source.schemas[1]: The schema "shop" is duplicated. Remove one of them, or rename it.'],
		],
		[
			"a pattern of SQL",
			"name: shop\nsource: { schemas: { shop: { tables: { exclude: [tmp_%] } } } }\n",
			[/exclude\[0\]: "tmp_%" uses % for any characters; patterns use \* for them\./],
		],
		[
			"everything left out",
			'name: shop\nsource: { schemas: { shop: { tables: { exclude: ["*"] } } } }\n',
			[/It excludes all tables, because exclude takes precedence over include\./],
		],
		[
			"a pattern on both sides",
			"name: shop\nsource: { schemas: { shop: { tables: { include: [a, b], exclude: [b] } } } }\n",
			[/"b" is in both include and exclude; exclude takes precedence\./],
		],
		// Tables
		[
			"a table without its schema",
			`${least}tables:\n  orders: {}\n`,
			[/^4 tables\.orders: "orders" is not the name of a table\. Write schema\.table/],
		],
		[
			"a table with a dot too many",
			`${least}tables:\n  shop.a.b: {}\n`,
			[/^4 tables\["shop\.a\.b"\]: "shop\.a\.b" is not the name of a table\./],
		],
		[
			"a table of another schema",
			`${least}tables:\n  shp.orders: {}\n`,
			[
				'4 tables["shp.orders"]: source.schemas does not contain the schema "shp". Allowed: shop. Did you mean shop? Write shop, or add the schema to source.schemas.',
			],
		],
		[
			"a table twice",
			`${least}tables:\n  shop.orders: {}\n  "\`shop\`.orders": {}\n`,
			[/^5 .*: The table "shop\.orders" is duplicated\./],
		],
		[
			"a table that is left out",
			"name: shop\nsource: { schemas: { shop: { tables: { exclude: [tmp_*] } } } }\ntables:\n  shop.tmp_a: {}\n",
			[
				/^4 .*: The table "tmp_a" is not replicated: exclude contains "tmp_\*" in source\.schemas\.shop\. Narrow the pattern, or remove this\.$/,
			],
		],
		[
			"a table that is not let in",
			"name: shop\nsource: { schemas: { shop: { tables: [a] } } }\ntables:\n  shop.b: {}\n",
			[
				/^4 .*: The table "b" is not replicated: include contains only "a" in source\.schemas\.shop\. Add b to include, or remove this\.$/,
			],
		],
		[
			"an alias that is not a name",
			tables("{ alias: Old-Orders }"),
			[/\.alias: "Old-Orders" must begin with a letter a-z/],
		],
		[
			"two tables of one alias",
			`${least}tables:\n  shop.a: { alias: x }\n  shop.b: { alias: x }\n`,
			[
				'5 tables["shop.b"].alias: shop.a and shop.b would both be called x in the catalog. Give one of them another alias.',
			],
		],
		[
			"an alias that is a change log's",
			`${least}tables:\n  shop.a: { alias: x }\n  shop.b: { alias: x_changes }\n`,
			[/^5 .*shop\.a and shop\.b would both be called x_changes in the catalog/],
		],
		["a key column twice", tables("{ primary_key: [id, id] }"), [/primary_key\[1\]: The column "id" is duplicated\./]],
		["an empty key", tables("{ primary_key: [] }"), [/primary_key: The list must name a column\./]],
		// Columns
		[
			"an action that there is not",
			tables("{ columns: { email: mask } }"),
			[
				'4 tables["shop.orders"].columns.email: "mask" is not allowed. Allowed: drop, hash, keep. Did you mean hash? Write hash.',
			],
		],
		[
			"columns as a list",
			tables("{ columns: [email] }"),
			[/\.columns: It must be a mapping of names, but is a list\./],
		],
		[
			"a list for a column",
			tables("{ columns: { email: [hash] } }"),
			[/\.columns\.email: A column cannot have a list\. Write an action: email: drop, hash or keep\./],
		],
		[
			"a list beside actions",
			tables("{ columns: { include: [id], email: hash } }"),
			[/\.columns\.email: "email" cannot be combined with a list of columns/],
		],
		[
			"both lists",
			tables("{ columns: { include: [id], exclude: [email] } }"),
			[/\.columns\.exclude: "exclude" cannot be combined with a list of columns/],
		],
		[
			"a column twice in a list",
			tables("{ columns: { include: [id, id] } }"),
			[/\.include\[1\]: The column "id" is duplicated\./],
		],
		[
			"a key column that is dropped",
			tables("{ columns: { id: drop }, primary_key: [id] }"),
			[/primary_key\[0\]: The key column "id" is not replicated because of columns\./],
		],
		[
			"a key column that is not in the list",
			tables("{ columns: { include: [a] }, primary_key: [id] }"),
			[/The key column "id" is not replicated/],
		],
		[
			"a key column that all tables drop",
			`${tables("{ primary_key: [id] }")}defaults: { columns: { id: drop } }\n`,
			[/The key column "id" is not replicated/],
		],
		[
			"a default for a column that is a list",
			`${least}defaults: { columns: { include: [a] } }\n`,
			[/^3 defaults\.columns\.include: "?.*(list|not allowed)/],
		],
	])("%s", expectSaid);
});
