import { type AwsEndpoint, xml } from "./endpoint.ts";

/** What a bucket keeps of a key; without a body a delete marker. */
interface Version {
	/** Grows with each write. */
	number: number;
	body?: Uint8Array;
	modified: Date;
}

/** A version as a test sees it. */
export interface SeenVersion {
	versionId: string;
	isMarker: boolean;
}

const denied = xml("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", 403);
const changed = xml("<Error><Code>PreconditionFailed</Code><Message>A condition did not hold</Message></Error>", 412);
const missing = xml("<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>", 404);

/** S3: buckets in memory, listed with pages. */
export class S3Script {
	pageSize = 1000;
	/** Whether what is written is there afterwards; otherwise a test alone says what is there. */
	keeps = false;
	/** Buckets that keep the versions that were overwritten and deleted. */
	readonly versioned = new Set<string>();
	/** Prefix that may not be listed. */
	denied: string | undefined;
	/** Called before objects are removed, for what happens meanwhile. */
	onDelete: () => void = () => undefined;
	#written = 0;
	/** Newest version first. */
	readonly #buckets = new Map<string, Map<string, Version[]>>();

	constructor(endpoint: AwsEndpoint) {
		endpoint
			.on("s3", "ListObjectsV2", (_, { url }) => this.#list(url))
			.on("s3", "ListObjectVersions", (_, { url }) => this.#listVersions(url))
			.on("s3", "PutObject", ({ body }, { url, headers }) => {
				const [bucket, key] = path(url);
				const tag = this.#tag(bucket, key);
				if (headers["if-none-match"] === "*" && tag !== undefined) return changed;
				if (headers["if-match"] !== undefined && headers["if-match"] !== tag)
					return tag === undefined ? missing : changed;
				if (this.keeps) this.put(bucket, key, String(body));
				return { status: 200, body: "" };
			})
			.on("s3", "HeadObject", (_, { url }) => ({ status: this.has(...path(url)) ? 200 : 404, body: "" }))
			.on("s3", "DeleteObjects", ({ body }, { url }) => {
				this.onDelete();
				const [bucket] = path(url);
				for (const [object = ""] of String(body).matchAll(/<Object>.*?<\/Object>/gs)) {
					const key = /<Key>([^<]*)</.exec(object)?.[1] ?? "";
					this.remove(bucket, key, /<VersionId>([^<]*)</.exec(object)?.[1]);
				}
				return xml("<DeleteResult/>");
			})
			.on("s3", "GetObject", (_, { url }) => {
				const body = this.#body(...path(url));
				if (body === undefined) return missing;
				const etag = this.#tag(...path(url)) ?? "";
				return { status: 200, body, headers: { "content-type": "application/octet-stream", etag } };
			});
	}

	has(bucket: string, key: string): boolean {
		return this.#body(bucket, key) !== undefined;
	}

	/** As S3 does it: in a bucket with versions, a delete marker continues top, or one version goes. */
	remove(bucket: string, key: string, versionId?: string): void {
		const objects = this.#objects(bucket);
		const versions = objects.get(key) ?? [];
		if (versionId === undefined && this.versioned.has(bucket)) {
			this.#written += 1;
			objects.set(key, [{ number: this.#written, modified: new Date() }, ...versions]);
			return;
		}
		const left = versionId === undefined ? [] : versions.filter((version) => idOf(version) !== versionId);
		if (left.length === 0) objects.delete(key);
		else objects.set(key, left);
	}

	/** Keys of the objects of a bucket. */
	keys(bucket: string): string[] {
		return [...this.#objects(bucket).keys()].filter((key) => this.has(bucket, key)).sort();
	}

	/** Keys of a bucket with all that it keeps of them, also of those that nobody sees anymore. */
	versions(bucket: string): Record<string, SeenVersion[]> {
		const seen = (version: Version) => ({ versionId: idOf(version), isMarker: version.body === undefined });
		return Object.fromEntries([...this.#objects(bucket)].map(([key, versions]) => [key, versions.map(seen)]));
	}

	text(bucket: string, key: string): string {
		return Buffer.from(this.#body(bucket, key) ?? "").toString("utf8");
	}

	put(bucket: string, key: string, body: string | Uint8Array, modified = new Date()): void {
		const objects = this.#objects(bucket);
		this.#written += 1;
		const version = { number: this.#written, body: typeof body === "string" ? Buffer.from(body) : body, modified };
		objects.set(key, [version, ...(this.versioned.has(bucket) ? (objects.get(key) ?? []) : [])]);
	}

	#list(url: URL) {
		const [bucket] = path(url);
		const { prefix, delimiter, after: next, size } = this.#page(url, "continuation-token");
		const after = next === "" ? (url.searchParams.get("start-after") ?? "") : next;
		if (this.denied !== undefined && prefix.startsWith(this.denied)) return denied;
		const names = this.keys(bucket)
			.filter((key) => key.startsWith(prefix))
			.map((key) => {
				const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
				return end === -1 ? key : key.slice(0, end + delimiter.length);
			});
		const all = [...new Set(names)].filter((name) => name > after);
		const page = all.slice(0, size);
		const contents = page.map((name) => {
			const [{ body = "", modified } = { modified: new Date() }] = this.#objects(bucket).get(name) ?? [];
			return delimiter !== "" && name.endsWith(delimiter)
				? `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`
				: `<Contents><Key>${name}</Key><LastModified>${modified.toISOString()}</LastModified><Size>${body.length}</Size></Contents>`;
		});
		const more = page.length < all.length;
		const token = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
		return xml(
			`<ListBucketResult><KeyCount>${page.length}</KeyCount><IsTruncated>${more}</IsTruncated>${token}${contents.join("")}</ListBucketResult>`,
		);
	}

	#listVersions(url: URL) {
		const [bucket] = path(url);
		const { prefix, after, size } = this.#page(url, "key-marker");
		const below = Number(url.searchParams.get("version-id-marker")?.slice(1) ?? 0);
		const all = [...this.#objects(bucket)]
			.filter(([key]) => key.startsWith(prefix) && key >= after)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.flatMap(([key, versions]) => versions.map((version) => ({ key, version })))
			.filter(({ key, version }) => key > after || version.number < below);
		const page = all.slice(0, size);
		const entries = page.map(({ key, version }) => {
			const kind = version.body === undefined ? "DeleteMarker" : "Version";
			return `<${kind}><Key>${key}</Key><VersionId>${idOf(version)}</VersionId></${kind}>`;
		});
		const last = page.at(-1);
		const more = last !== undefined && page.length < all.length;
		const next = more
			? `<NextKeyMarker>${last.key}</NextKeyMarker><NextVersionIdMarker>${idOf(last.version)}</NextVersionIdMarker>`
			: "";
		return xml(`<ListVersionsResult><IsTruncated>${more}</IsTruncated>${next}${entries.join("")}</ListVersionsResult>`);
	}

	#page({ searchParams }: URL, marker: string) {
		const text = (name: string): string => searchParams.get(name) ?? "";
		const size = Math.min(this.pageSize, Number(searchParams.get("max-keys") ?? 1000));
		return { prefix: text("prefix"), delimiter: text("delimiter"), after: text(marker), size };
	}

	#objects(bucket: string): Map<string, Version[]> {
		const objects = this.#buckets.get(bucket) ?? new Map<string, Version[]>();
		this.#buckets.set(bucket, objects);
		return objects;
	}

	#tag(bucket: string, key: string): string | undefined {
		const [newest] = this.#buckets.get(bucket)?.get(key) ?? [];
		return newest?.body === undefined ? undefined : `"${idOf(newest)}"`;
	}

	#body(bucket: string, key: string): Uint8Array | undefined {
		return this.#buckets.get(bucket)?.get(key)?.[0]?.body;
	}
}

function idOf({ number }: Version): string {
	return `v${number}`;
}

/** Bucket and key. */
function path(url: URL): [bucket: string, key: string] {
	const [bucket = "", ...rest] = url.pathname.slice(1).split("/").map(decodeURIComponent);
	return [bucket, rest.join("/")];
}
