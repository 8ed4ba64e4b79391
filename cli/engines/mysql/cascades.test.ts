import { expect, test } from "vitest";
import { foreignKeyActions, readCascades } from "./cascades.ts";

const created = `CREATE TABLE \`c\` (
  \`id\` int(11) NOT NULL COMMENT 'CONSTRAINT \`no\` FOREIGN KEY (\`a\`) REFERENCES \`p\` (\`id\`) ON DELETE CASCADE',
  PRIMARY KEY (\`id\`),
  CONSTRAINT \`plain\` FOREIGN KEY (\`a\`) REFERENCES \`p\` (\`id\`),
  CONSTRAINT \`kept\` FOREIGN KEY (\`a\`) REFERENCES \`p\` (\`id\`) ON DELETE NO ACTION ON UPDATE RESTRICT,
  CONSTRAINT \`odd\`\` name\` FOREIGN KEY (\`a\`, \`b\`) REFERENCES \`e\`.\`p\` (\`id\`, \`u\`) ON DELETE CASCADE,
  CONSTRAINT \`both\` FOREIGN KEY (\`b\`) REFERENCES \`p\` (\`u\`) ON DELETE SET NULL ON UPDATE CASCADE
) ENGINE=InnoDB`;

test("the actions of a table's foreign keys are read from its definition", () => {
	expect(Object.fromEntries(foreignKeyActions(created))).toEqual({
		plain: { onDelete: false, onUpdate: false },
		kept: { onDelete: false, onUpdate: false },
		"odd` name": { onDelete: true, onUpdate: false },
		both: { onDelete: true, onUpdate: true },
	});
});

/** A server whose table `d.c` has the foreign keys above. */
function server(native: string | undefined) {
	const key = (name: string, field: string) => ({ s: "d", t: "c", name, ps: "d", pt: "p", field });
	return async (sql: string): Promise<Record<string, unknown>[]> => {
		if (sql.startsWith("SHOW GLOBAL")) return native === undefined ? [] : [{ Value: native }];
		if (sql.startsWith("SHOW CREATE")) return [{ "Create Table": created }];
		return [key("plain", "id"), key("odd` name", "id"), key("odd` name", "u"), key("both", "u")];
	};
}

test.for([undefined, "ON"])(
	"those that change rows are found where the server does not log it (%s)",
	async (native) => {
		const [child, parent] = [
			{ schema: "d", table: "c" },
			{ schema: "d", table: "p" },
		];
		expect(await readCascades(server(native), ["d"])).toEqual([
			{ child, parent, columns: ["id", "u"], onDelete: true, onUpdate: false },
			{ child, parent, columns: ["u"], onDelete: true, onUpdate: true },
		]);
	},
);

test("a server that logs cascades has none of these", async () => {
	expect(await readCascades(server("OFF"), ["d"])).toEqual([]);
});
