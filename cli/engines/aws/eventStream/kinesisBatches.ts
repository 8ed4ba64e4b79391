import type { PutRecordsRequestEntry } from "@aws-sdk/client-kinesis";

/** Limits of PutRecords. https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
export const putLimits = { records: 500, bytes: 5 * 2 ** 20, recordBytes: 2 ** 20 } as const;

/**
 * Records in batches as full as a call takes them. Partition keys are different for each record, so that they spread
 * over all shards.
 * @param most records in a batch.
 * @param tooLarge called with each record that no call takes.
 */
export function* kinesisBatches(
	records: Iterable<string>,
	most: number,
	tooLarge: (bytes: number) => void,
): Generator<PutRecordsRequestEntry[]> {
	let batch: PutRecordsRequestEntry[] = [];
	let bytes = 0;
	// Senders at the same time have other keys.
	let key = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER * 0.5);
	for (const record of records) {
		key += 1;
		const entry = { Data: Buffer.from(record), PartitionKey: key.toString(36) };
		const size = entry.Data.length + entry.PartitionKey.length;
		if (size > putLimits.recordBytes) {
			tooLarge(entry.Data.length);
			continue;
		}
		if (batch.length === most || bytes + size > putLimits.bytes) {
			yield batch;
			batch = [];
			bytes = 0;
		}
		batch.push(entry);
		bytes += size;
	}
	if (batch.length > 0) yield batch;
}
