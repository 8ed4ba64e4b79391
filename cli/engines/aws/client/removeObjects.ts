import type { ListObjectVersionsCommandOutput } from "@aws-sdk/client-s3";
import { PipelineError } from "../../../common/errors.ts";
import type { Clients } from "./clients.ts";

/** Keys of one call: the limit of DeleteObjects. */
const mostKeys = 1000;

/**
 * Removes all objects below a prefix with every version that the bucket keeps of them: a version that nobody sees still has its
 * values.
 * @throws PipelineError naming an object that could not be removed.
 */
export async function removeObjects(clients: Clients, bucket: string, prefix: string): Promise<void> {
	const { DeleteObjectsCommand, ListObjectVersionsCommand } = await import("@aws-sdk/client-s3");
	const client = await clients.s3();
	for (let place: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {}; place !== undefined; ) {
		const page: ListObjectVersionsCommandOutput = await client.send(
			new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, MaxKeys: mostKeys, ...place }),
		);
		const objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].flatMap(({ Key, VersionId }) =>
			Key === undefined ? [] : [{ Key, ...(VersionId === undefined ? {} : { VersionId }) }],
		);
		if (objects.length > 0) {
			const { Errors: errors = [] } = await client.send(
				new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } }),
			);
			const [first] = errors;
			if (first !== undefined) throw notRemoved(bucket, first);
		}
		place = page.IsTruncated === true ? after(page) : undefined;
	}
}

function after({ NextKeyMarker: key, NextVersionIdMarker: version }: ListObjectVersionsCommandOutput) {
	return {
		...(key === undefined ? {} : { KeyMarker: key }),
		...(version === undefined ? {} : { VersionIdMarker: version }),
	};
}

function notRemoved(
	bucket: string,
	{ Key: key, Message: message }: { Key?: string | undefined; Message?: string | undefined },
): PipelineError {
	return new PipelineError("serviceRefused", {
		what: `s3://${bucket}/${key ?? ""} could not be removed.`,
		why: message,
		fix: "Allow s3:DeleteObject and s3:DeleteObjectVersion on the bucket, then repeat the command.",
		next: "pipeline-cli replication reload --purge",
	});
}
