import { StatementDefaultContext } from "dt-sql-parser/dist/lib/spark/SparkSqlParser.js";
import { SparkSQL } from "dt-sql-parser/dist/parser/spark/index.js";
import { type FoundName, namesRead, placeAt } from "../definition/tableReferences.ts";

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

/** Reads one SELECT of Spark's SQL. Its grammar is dt-sql-parser's, which is made from Spark's own. */
export function readSelect(text: string): Select {
	const parser = new SparkSQL();
	const errors: ParseError[] = [];
	const tree = parser.parse(text, (found) => errors.push(found));
	const [error] = errors;
	if (error !== undefined) {
		const what = `It is not valid Spark SQL: ${error.message.replace(/\.?$/, ".")}`;
		return broken(what, "Correct it. Spark does not have Athena's own functions and operators.", {
			line: error.startLine,
			column: error.startColumn,
		});
	}
	const statements = childrenOf(tree).filter((child) => childrenOf(child).length > 0);
	const [only, second] = statements;
	if (only === undefined) return broken("It contains no SELECT.", "Write a SELECT.", { line: 1, column: 1 });
	if (second !== undefined) {
		const fix = "Put each statement into its own file, or combine them using WITH.";
		return broken("It contains several statements, but a model is one SELECT.", fix, placeOf(second));
	}
	const [statement] = childrenOf(only);
	if (!(statement instanceof StatementDefaultContext)) {
		return broken("It is not a SELECT.", "Keep only the SELECT, from which the table is built.", placeOf(only));
	}
	const names = namesRead(text, "spark");
	const place = ({ start }: FoundName): Place => placeAt(text, start);
	const tables = names.filter(({ own }) => own === undefined);
	const spellings = new Map<string, FoundName>();
	for (const name of tables) {
		const spelling = JSON.stringify(name.parts);
		if (!spellings.has(spelling)) spellings.set(spelling, name);
	}
	return {
		// For Spark they are one name. Sail takes them for two, and would look for a table.
		mistakes: names.flatMap((name) => {
			const [only = ""] = name.parts;
			if (name.own === undefined || name.own === only) return [];
			const what = `${only} is spelled ${name.own} in WITH, and some engines treat them as different names.`;
			return [{ what, fix: `Write ${name.own}.`, ...place(name) }];
		}),
		references: [...spellings.values()].map((name) => ({ parts: name.parts, ...place(name) })),
		sql: text.slice(0, (statement.stop?.stop ?? text.length) + 1),
	};
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
