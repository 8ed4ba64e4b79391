/** A row of a change, by column. An ENUM's invalid value is undefined. */
export type Row = Readonly<Record<string, unknown>>;
