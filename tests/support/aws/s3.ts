import { type AwsEndpoint, xml } from "./endpoint.ts";

interface Stored {
	body: Uint8Array;
	modified: Date;
}

/** S3: buckets in memory, listed with pages. */
export class S3Script {
	pageSize = 1000;
	/** Whether what is written is there afterwards; otherwise a test alone says what is there. */
	keeps = false;
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
			.on("s3", "PutObject", ({ body }, { url }) => {
				const [bucket = "", ...rest] = path(url);
				if (this.keeps) this.put(bucket, rest.join("/"), String(body));
				return { status: 200, body: "" };
			})
			.on("s3", "HeadObject", (_, { url }) => {
				const [bucket = "", ...rest] = path(url);
				return { status: this.has(bucket, rest.join("/")) ? 200 : 404, body: "" };
			})
			.on("s3", "ListObjectVersions", (_, { url }) => {
				const [bucket = ""] = path(url);
				const prefix = url.searchParams.get("prefix") ?? "";
				const found = [...(this.#buckets.get(bucket)?.keys() ?? [])].filter((key) => key.startsWith(prefix));
				const page = found.sort().slice(0, this.pageSize);
				const versions = page.map((key) => `<Version><Key>${key}</Key><VersionId>v1</VersionId></Version>`);
				const more = page.length < found.length;
				const next = more
					? `<NextKeyMarker>${page.at(-1)}</NextKeyMarker><NextVersionIdMarker>v1</NextVersionIdMarker>`
					: "";
				return xml(
					`<ListVersionsResult><IsTruncated>${more}</IsTruncated>${next}${versions.join("")}</ListVersionsResult>`,
				);
			})
			.on("s3", "DeleteObjects", ({ body }, { url }) => {
				const [bucket = ""] = path(url);
				for (const [, key = ""] of String(body).matchAll(/<Key>([^<]*)<\/Key>/g))
					this.#buckets.get(bucket)?.delete(key);
				return xml("<DeleteResult/>");
			})
			.on("s3", "GetObject", (_, { url }) => {
				const [bucket = "", ...rest] = path(url);
				const stored = this.#buckets.get(bucket)?.get(rest.join("/"));
				if (stored === undefined) {
					return xml("<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>", 404);
				}
				return { status: 200, body: stored.body, headers: { "content-type": "application/octet-stream" } };
			});
	}

	has(bucket: string, key: string): boolean {
		return this.#buckets.get(bucket)?.has(key) === true;
	}

	remove(bucket: string, key: string): void {
		this.#buckets.get(bucket)?.delete(key);
	}

	/** Keys of the objects of a bucket. */
	keys(bucket: string): string[] {
		return [...(this.#buckets.get(bucket)?.keys() ?? [])].sort();
	}

	text(bucket: string, key: string): string {
		return Buffer.from(this.#buckets.get(bucket)?.get(key)?.body ?? "").toString("utf8");
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
