/** A place in the source's binary log, between two events. */
export interface Position {
	/** Name of the binlog file, for instance `mysql-bin.000007`. */
	file: string;
	/** Bytes from the start of the file. */
	offset: number;
}

/** Below 0 where `a` comes before `b`. Files are ordered by the number that ends their name. */
export function comparePositions(a: Position, b: Position): number {
	return fileNumber(a.file) - fileNumber(b.file) || a.offset - b.offset;
}

export function formatPosition(position: Position): string {
	return `${position.file}:${position.offset}`;
}

function fileNumber(file: string): number {
	return Number(file.slice(file.lastIndexOf(".") + 1));
}
