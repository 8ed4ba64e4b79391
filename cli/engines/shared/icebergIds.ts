/** The text of an Iceberg table's metadata with the ids of snapshots as texts: they exceed 2^53. https://iceberg.apache.org/spec/ */
export function withTextIds(metadata: string): string {
	return metadata.replaceAll(/("(?:[a-z]+-)?snapshot-id"\s*:\s*)(-?\d+)/g, '$1"$2"');
}
