import type { Clients } from "./clients.ts";

/** Names of the folders right below a prefix of a bucket, which ends with a slash. */
export async function folderNames(clients: Clients, bucket: string, prefix: string): Promise<string[]> {
	const { paginateListObjectsV2 } = await import("@aws-sdk/client-s3");
	const client = await clients.s3();
	const names: string[] = [];
	for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix, Delimiter: "/" })) {
		for (const { Prefix: folder = "" } of page.CommonPrefixes ?? []) names.push(folder.slice(prefix.length, -1));
	}
	return names;
}
