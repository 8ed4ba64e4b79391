import { type AwsEndpoint, json } from "./endpoint.ts";

export interface Answered {
	columns: readonly (readonly [name: string, type: string])[];
	rows: readonly (readonly (string | null)[])[];
	scanned?: number;
}

export interface Status {
	State: string;
	StateChangeReason?: string;
	AthenaError?: { ErrorCategory: number; ErrorMessage: string };
}

const one: Answered = { columns: [["_col0", "integer"]], rows: [["1"]] };

/** Athena: answers by the text of the statement. */
export class AthenaScript {
	/** Answer of a statement, or how it fails. */
	answer: (sql: string) => Answered | Status = () => one;
	/** What the looks at a query show before its end. */
	before: Status[] = [{ State: "QUEUED" }, { State: "RUNNING" }];
	/** An answer that is computed, in place of the other; a query that is started waits for it. */
	compute: ((sql: string) => Promise<Answered | Status>) | undefined;
	pageSize = 1000;
	readonly #queries = new Map<string, { sql: string; looks: Status[]; computed?: Answered | Status }>();

	constructor(endpoint: AwsEndpoint) {
		endpoint
			.on("athena", "StartQueryExecution", (input) => {
				const id = `query-${this.#queries.size + 1}`;
				const query: { sql: string; looks: Status[]; computed?: Answered | Status } = {
					sql: String(input.QueryString),
					looks: [...this.before],
				};
				this.#queries.set(id, query);
				const computed = this.compute?.(query.sql).then(
					(answer) => {
						query.computed = answer;
					},
					(error: unknown) => {
						query.computed = { State: "FAILED", StateChangeReason: String(error) };
					},
				);
				return { ...json({ QueryExecutionId: id }), ...(computed && { delay: computed }) };
			})
			.on("athena", "StopQueryExecution", () => json({}))
			.on("athena", "GetQueryExecution", (input) => {
				const query = this.#queries.get(String(input.QueryExecutionId));
				const answer = this.#answerOf(query);
				const end: Status = "State" in answer ? answer : { State: "SUCCEEDED" };
				return json({
					QueryExecution: {
						QueryExecutionId: input.QueryExecutionId,
						StatementType: /^\s*(SHOW|DESC)/i.test(query?.sql ?? "") ? "DDL" : "DML",
						Status: query?.looks.shift() ?? end,
						Statistics: {
							DataScannedInBytes: "State" in answer ? 0 : (answer.scanned ?? 2048),
							TotalExecutionTimeInMillis: 1200,
						},
					},
				});
			})
			.on("athena", "GetQueryResults", (input) => {
				const answer = this.#answerOf(this.#queries.get(String(input.QueryExecutionId)));
				if ("State" in answer) return json({ ResultSet: {} });
				const header = answer.columns.map(([name]) => name);
				const rows = [header, ...answer.rows].map((row) => ({
					Data: row.map((value) => (value === null ? {} : { VarCharValue: value })),
				}));
				const from = Number(input.NextToken ?? 0);
				const end = from + this.pageSize;
				return json({
					ResultSet: {
						Rows: rows.slice(from, end),
						ResultSetMetadata: {
							ColumnInfo: answer.columns.map(([Name, Type]) => ({
								Name,
								Type,
								...(Type === "decimal" ? { Precision: 19, Scale: 2 } : { Precision: 0, Scale: 0 }),
							})),
						},
					},
					...(end < rows.length ? { NextToken: String(end) } : {}),
				});
			});
	}

	#answerOf(query: { sql: string; computed?: Answered | Status } | undefined): Answered | Status {
		if (this.compute === undefined) return this.answer(query?.sql ?? "");
		return query?.computed ?? { State: "RUNNING" };
	}
}
