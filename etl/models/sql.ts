import {
	CtesContext,
	NamedQueryContext,
	QueryContext,
	StatementDefaultContext,
	TableNameContext,
} from "dt-sql-parser/dist/lib/spark/SparkSqlParser.js";
import { SparkSQL } from "dt-sql-parser/dist/parser/spark/index.js";

type ParseError = ReturnType<SparkSQL["validate"]>[number];
type Tree = ReturnType<SparkSQL["parse"]>;
/** A part of a statement. */
type Part = NonNullable<Tree["children"]>[number] | Tree;

export interface Place {
	line: number;
	column: number;
}

/** A table that SQL names: the parts of the name, without backticks. */
export interface TableReference extends Place {
	parts: readonly string[];
}

export interface Select {
	/** What is wrong with the SQL itself. */
	mistakes: readonly ({ what: string; fix: string } & Place)[];
	/** Tables that it reads, each spelling once, in the order of the text. */
	references: readonly TableReference[];
	/** The statement without the semicolon at its end. */
	sql: string;
}

/**
 * Reads one SELECT of Spark's SQL. Its grammar is dt-sql-parser's, which is made from Spark's own: what a name stands for
 * (a table, a common table expression, an alias, a word in a text) no search in the text can say.
 */
export function readSelect(text: string): Select {
	const parser = new SparkSQL();
	const errors: ParseError[] = [];
	const tree = parser.parse(text, (found) => errors.push(found));
	const [error] = errors;
	if (error !== undefined) {
		const what = `It is not Spark's SQL: ${error.message.replace(/\.?$/, ".")}`;
		return broken(what, "Correct it; Athena's own functions and operators are not Spark's.", {
			line: error.startLine,
			column: error.startColumn,
		});
	}
	const statements = childrenOf(tree).filter((child) => childrenOf(child).length > 0);
	const [only, second] = statements;
	if (only === undefined) return broken("There is no SELECT in it.", "Write one.", { line: 1, column: 1 });
	if (second !== undefined) {
		const fix = "Put each into a file of its own, or make one of them with WITH.";
		return broken("It has more than one statement; a model is one SELECT.", fix, placeOf(second));
	}
	const [statement] = childrenOf(only);
	if (!(statement instanceof StatementDefaultContext)) {
		return broken("It is not a SELECT.", "Leave the SELECT alone: the table is made of it.", placeOf(only));
	}
	const found: Found = { tables: [], misspelt: [] };
	collect(statement, new Map(), found);
	const spellings = new Set<string>();
	return {
		mistakes: found.misspelt,
		references: found.tables.filter(({ parts }) => {
			const spelling = JSON.stringify(parts);
			return spellings.has(spelling) ? false : Boolean(spellings.add(spelling));
		}),
		sql: text.slice(0, (statement.stop?.stop ?? text.length) + 1),
	};
}

interface Found {
	tables: TableReference[];
	/** Names of WITH in another spelling. */
	misspelt: Select["mistakes"][number][];
}

/** @param known names of common table expressions that stand for no table here: in lower case, and as they are written. */
function collect(node: Part, known: ReadonlyMap<string, string>, found: Found): void {
	if (node instanceof TableNameContext) {
		const parts = partsOf(node.getText());
		const [only = ""] = parts;
		const written = parts.length === 1 ? known.get(only.toLowerCase()) : undefined;
		if (written === undefined) found.tables.push({ parts, ...placeOf(node) });
		else if (written !== only) {
			// For Spark they are one name. Sail takes them for two, and would look for a table.
			const what = `${only} is ${written} in WITH, and not every engine takes the two for one name.`;
			found.misspelt.push({ what, fix: `Write ${written}.`, ...placeOf(node) });
		}
		return;
	}
	let names = known;
	for (const child of childrenOf(node)) {
		if (node instanceof QueryContext && child instanceof CtesContext) {
			// Each sees those before it, and not itself.
			for (const query of childrenOf(child)) {
				if (!(query instanceof NamedQueryContext)) continue;
				collect(query, names, found);
				const [name = ""] = partsOf(query.errorCapturingIdentifier().getText());
				names = new Map([...names, [name.toLowerCase(), name]]);
			}
		} else collect(child, names, found);
	}
}

function partsOf(name: string): string[] {
	return [...name.matchAll(/`((?:[^`]|``)*)`|([^.`]+)/g)].map(
		([, quoted, plain]) => quoted?.replaceAll("``", "`") ?? plain ?? "",
	);
}

function childrenOf(node: Part): Part[] {
	return "children" in node ? (node.children ?? []) : [];
}

function placeOf(node: Part): Place {
	const start = "start" in node ? node.start : null;
	return { line: start?.line ?? 1, column: (start?.column ?? 0) + 1 };
}

function broken(what: string, fix: string, place: Place): Select {
	return { mistakes: [{ what, fix, ...place }], references: [], sql: "" };
}
