import * as pulumi from "@pulumi/pulumi";

/**
 * Inputs as a policy sees them, with files to upload by their paths: Pulumi has those as promises. The others are read from
 * the policy's own object when a rule reads them, since it throws where one is not known yet.
 */
export async function withUploads(props: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
	const inputs: Record<string, unknown> = {};
	for (const key of Object.keys(props)) {
		const upload = await uploadOf(Object.getOwnPropertyDescriptor(props, key)?.value);
		const descriptor = upload === undefined ? { get: () => props[key] } : { value: upload };
		Object.defineProperty(inputs, key, { enumerable: true, ...descriptor });
	}
	return inputs;
}

async function uploadOf(value: unknown): Promise<unknown> {
	if (value instanceof pulumi.asset.FileAsset || value instanceof pulumi.asset.FileArchive) {
		return `file:${await value.path}`;
	}
	if (!(value instanceof pulumi.asset.AssetArchive)) return undefined;
	const files = Object.entries(await value.assets).map(async ([name, file]) => [name, await uploadOf(file)]);
	return { assets: Object.fromEntries(await Promise.all(files)) };
}
