/** Where a delivery stream puts its objects, and how it names them. */
export interface Destination {
	/** Delivery stream's name; the objects' names begin with it and the version of the stream, which is 1. */
	stream: string;
	/** Prefix in the raw zone, without a slash at its ends. */
	prefix: string;
	/** Prefix for what is not JSON. */
	errorPrefix: string;
	gzip: boolean;
}

/** Kind of failure in the error prefix, as Firehose names what its processing refuses. */
const errorType = "processing-failed";

/**
 * Key of an object in the raw zone, from the arrival of its oldest record, in UTC. The ending is the one that the
 * delivery stream on AWS is configured with, since readers of JSON go by `.json.gz`.
 * https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
 */
export function objectKey(to: Destination, arrival: Date, uuid: string): string {
	return keyBelow(to.prefix, to, arrival, uuid);
}

/** Key of the object for what is not JSON. */
export function errorKey(to: Destination, arrival: Date, uuid: string): string {
	return keyBelow(`${to.errorPrefix}/${errorType}`, to, arrival, uuid);
}

function keyBelow(prefix: string, { stream, gzip }: Destination, arrival: Date, uuid: string): string {
	const [year, month, day, hour, minute, second] = arrival.toISOString().split(/[-T:.]/);
	const time = [year, month, day, hour, minute, second].join("-");
	return `${prefix}/${year}/${month}/${day}/${hour}/${stream}-1-${time}-${uuid}.json${gzip ? ".gz" : ""}`;
}

/**
 * A record that is not JSON, as Firehose writes it to the error prefix: one line, the record in Base64.
 * @param arrival milliseconds since 1970.
 */
export function errorLine(record: string, reason: string, arrival: number): string {
	return JSON.stringify({
		attemptsMade: 1,
		arrivalTimestamp: arrival,
		errorCode: "InvalidJson",
		errorMessage: reason,
		attemptEndingTimestamp: arrival,
		rawData: Buffer.from(record).toString("base64"),
	});
}
