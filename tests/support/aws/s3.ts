import { type AwsEndpoint, xml } from "./endpoint.ts";

interface Stored {
	body: Uint8Array;
	modified: Date;
}

/** S3: buckets in memory, listed with pages. */
export class S3Script {
	pageSize = 1000;
	/** Prefix that may not be listed. */
	denied: string | undefined;
	readonly #buckets = new Map<string, Map<string, Stored>>();

	constructor(endpoint: AwsEndpoint) {
		endpoint
			.on("s3", "ListObjectsV2", (_, { url }) => {
				const [bucket = ""] = path(url);
				const prefix = url.searchParams.get("prefix") ?? "";
				if (this.denied !== undefined && prefix.startsWith(this.denied)) {
					return xml("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", 403);
				}
				const after = url.searchParams.get("continuation-token") ?? "";
				const all = [...(this.#buckets.get(bucket) ?? [])]
					.filter(([key]) => key.startsWith(prefix) && key > after)
					.sort(([a], [b]) => (a < b ? -1 : 1));
				const page = all.slice(0, Math.min(this.pageSize, Number(url.searchParams.get("max-keys") ?? 1000)));
				const more = page.length < all.length;
				const contents = page.map(
					([key, { body, modified }]) =>
						`<Contents><Key>${key}</Key><LastModified>${modified.toISOString()}</LastModified><Size>${body.length}</Size></Contents>`,
				);
				const token = more ? `<NextContinuationToken>${page.at(-1)?.[0]}</NextContinuationToken>` : "";
				return xml(
					`<ListBucketResult><KeyCount>${page.length}</KeyCount><IsTruncated>${more}</IsTruncated>${token}${contents.join("")}</ListBucketResult>`,
				);
			})
			// What is written is not kept: a test says what is there.
			.on("s3", "PutObject", () => ({ status: 200, body: "" }))
			.on("s3", "GetObject", (_, { url }) => {
				const [bucket = "", ...rest] = path(url);
				const stored = this.#buckets.get(bucket)?.get(rest.join("/"));
				if (stored === undefined) {
					return xml("<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>", 404);
				}
				return { status: 200, body: stored.body, headers: { "content-type": "application/octet-stream" } };
			});
	}

	put(bucket: string, key: string, body: string | Uint8Array, modified = new Date()): void {
		const objects = this.#buckets.get(bucket) ?? new Map<string, Stored>();
		this.#buckets.set(bucket, objects);
		objects.set(key, { body: typeof body === "string" ? Buffer.from(body) : body, modified });
	}
}

function path(url: URL): string[] {
	return url.pathname.slice(1).split("/").map(decodeURIComponent);
}
