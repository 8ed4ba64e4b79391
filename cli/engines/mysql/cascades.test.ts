import { expect, test } from "vitest";
import { foreignKeyActions, readCascades } from "./cascades.ts";

const created = `CREATE TABLE \`c\` (
  \`id\` int(11) NOT NULL COMMENT 'CONSTRAINT \`no\` FOREIGN KEY (\`a\`) REFERENCES \`p\` (\`id\`) ON DELETE CASCADE',
  PRIMARY KEY (\`id\`),
  CONSTRAINT \`plain\` FOREIGN KEY (\`a\`) REFERENCES \`p\` (\`id\`),
  CONSTRAINT \`kept\` FOREIGN KEY (\`a\`) REFERENCES \`p\` (\`id\`) ON DELETE NO ACTION ON UPDATE RESTRICT,
  CONSTRAINT \`odd\`\` name\` FOREIGN KEY (\`a\`, \`b\`) REFERENCES \`e\`.\`p\` (\`id\`, \`u\`) ON DELETE CASCADE,
  CONSTRAINT \`later\` FOREIGN KEY (\`a\`) REFERENCES \`p\` (\`id\`) ON DELETE NO ACTION ON UPDATE SET LATER,
  CONSTRAINT \`both\` FOREIGN KEY (\`b\`) REFERENCES \`p\` (\`u\`) ON DELETE SET NULL ON UPDATE CASCADE
) ENGINE=InnoDB`;

test("the actions of a table's foreign keys are read from its definition", () => {
	expect(Object.fromEntries(foreignKeyActions(created))).toEqual({
		plain: { onDelete: false, onUpdate: false },
		kept: { onDelete: false, onUpdate: false },
		"odd` name": { onDelete: true, onUpdate: false },
		later: { onDelete: false, onUpdate: true },
		both: { onDelete: true, onUpdate: true },
	});
});

/** Session variables that a user had set: names in double quotes, or in none. */
const session: unknown[] = ["ANSI_QUOTES", 0];

/** A server whose table `d.c` has the foreign keys above. */
function server(native: string | undefined) {
	const key = (name: string, field: string) => ({ s: "d", t: "c", name, ps: "d", pt: "p", field });
	return async (sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> => {
		if (sql.startsWith("SELECT @@")) return [{ mode: session[0], quotes: session[1] }];
		if (sql.startsWith("SET SESSION")) session.splice(0, 2, ...values);
		if (sql.startsWith("SHOW GLOBAL")) return native === undefined ? [] : [{ Value: native }];
		if (sql.startsWith("SHOW CREATE")) {
			const [mode, quotes] = session;
			return [{ "Create Table": mode === "" && quotes === 1 ? created : created.replaceAll("`", '"') }];
		}
		return [
			key("plain", "id"),
			key("odd` name", "id"),
			key("odd` name", "u"),
			key("both", "u"),
			key("nobody knows", "id"),
		];
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
			{ child, parent, columns: ["id"], onDelete: true, onUpdate: true },
		]);
		expect(session).toEqual(["ANSI_QUOTES", 0]);
	},
);

test("a server that logs cascades has none of these", async () => {
	expect(await readCascades(server("OFF"), ["d"])).toBeUndefined();
});
