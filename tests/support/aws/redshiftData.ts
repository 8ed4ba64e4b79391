import { type AwsEndpoint, json } from "./endpoint.ts";

export interface Statement {
	Status: string;
	Error?: string;
}

/** The Redshift Data API: remembers what was run, and answers by the text of the statement. */
export class RedshiftScript {
	/** Statements in their order; those of one transaction as one entry. */
	readonly statements: string[][] = [];
	/** Rows of a statement that reads. */
	rows: (sql: string) => (string | number | null)[][] = () => [];
	/** How a statement ends. */
	end: (sql: string) => Statement = () => ({ Status: "FINISHED" });
	/** What the looks at a statement show before its end. */
	before: Statement[] = [{ Status: "SUBMITTED" }];
	pageSize = 100;
	readonly #looks = new Map<string, Statement[]>();

	constructor(endpoint: AwsEndpoint) {
		const begin = (sqls: string[]) => {
			this.statements.push(sqls);
			const id = String(this.statements.length);
			this.#looks.set(id, [...this.before]);
			return json({ Id: id });
		};
		endpoint
			.on("redshift-data", "ExecuteStatement", (input) => begin([String(input.Sql)]))
			.on("redshift-data", "BatchExecuteStatement", (input) => begin(input.Sqls as string[]))
			.on("redshift-data", "CancelStatement", () => json({ Status: true }))
			.on("redshift-data", "DescribeStatement", (input) => {
				const sql = this.#sql(input.Id);
				const status = this.#looks.get(String(input.Id))?.shift() ?? this.end(sql);
				return json({ Id: input.Id, ...status, Duration: 250_000_000, HasResultSet: /^SELECT/i.test(sql) });
			})
			.on("redshift-data", "GetStatementResult", (input) => {
				const rows = this.rows(this.#sql(input.Id));
				const from = Number(input.NextToken ?? 0);
				const end = from + this.pageSize;
				return json({
					ColumnMetadata: (rows[0] ?? []).map((value, index) => ({
						name: `c${index}`,
						typeName: typeof value === "number" ? "int8" : "varchar",
					})),
					Records: rows.slice(from, end).map((row) => row.map(field)),
					...(end < rows.length ? { NextToken: String(end) } : {}),
				});
			});
	}

	#sql(id: unknown): string {
		return this.statements[Number(id) - 1]?.join(";\n") ?? "";
	}
}

function field(value: string | number | null): object {
	if (value === null) return { isNull: true };
	return typeof value === "number" ? { longValue: value } : { stringValue: value };
}
