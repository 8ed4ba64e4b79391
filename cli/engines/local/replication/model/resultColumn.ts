/** A column of a result set, as its definition packet has it. */
export interface ResultColumn {
	name: string;
	/** One of `mysqlType`. */
	columnType: number;
	/** Digits of a time's fraction. */
	decimals: number;
}
