/** An XA transaction's identifier as its statements in the binlog spell it: hexadecimal digits of both parts, then the format. */
export function xidText(format: number, gtrid: Buffer, bqual: Buffer): string {
	return [gtrid.toString("hex"), bqual.toString("hex"), String(format)].join(",");
}
