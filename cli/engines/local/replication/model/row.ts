/** A row of a change: a value for each column, in the order of the table's description. */
export type Row = readonly unknown[];
