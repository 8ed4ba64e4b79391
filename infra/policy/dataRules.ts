import { dataless, encrypted } from "./dataKinds.ts";
import { isOfCloud, type Made, type Rule, texts } from "./rule.ts";

export const everythingEncrypted: Rule = {
	name: "everything-encrypted",
	resource: (resource) => {
		const { type, name, inputs } = resource;
		if (!isOfCloud(resource)) return [];
		const isEncrypted = encrypted[type];
		if (isEncrypted) return isEncrypted(inputs) ? [] : [`${name} is not encrypted`];
		return dataless.has(type) ? [] : [`${name}: add to this rule whether a ${type} holds data`];
	},
	stack: (resources) =>
		resources
			.filter(({ type }) => type === "aws:s3/bucket:Bucket")
			.flatMap((bucket) => {
				const of = (type: string): Made[] =>
					resources.filter((other) => other.type === type && other.outputs.bucket === bucket.outputs.bucket);
				const configurations = of(
					"aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
				);
				const refusing = of("aws:s3/bucketPolicy:BucketPolicy").filter(({ outputs }) =>
					String(outputs.policy).includes('"aws:SecureTransport":"false"'),
				);
				return [
					...(configurations.length > 0 ? [] : [`${bucket.name} has no encryption`]),
					...(refusing.length > 0 ? [] : [`${bucket.name} accepts requests without TLS`]),
				];
			}),
};

const secretKeys = /(password|secretString|privateKeyPem|userPassword)$/i;

/** Pulumi unwraps secrets before a policy pack sees them, so this one looks at the program only. */
export const noPlainSecrets: Rule = {
	name: "no-plain-secrets",
	needsSecrets: true,
	resource: (resource, { secretTexts }) => {
		const { name, inputs, secrets = [] } = resource;
		const isKept = (path: string): boolean =>
			secrets.some((secret) => path === secret || path.startsWith(`${secret}.`) || path.startsWith(`${secret}[`));
		return texts(inputs)
			.filter(([path]) => !isKept(path))
			.filter(([path, text]) => secretKeys.test(path) || secretTexts.some((secret) => text.includes(secret)))
			.map(([path]) => `${name} has a secret in plain text at ${path}`);
	},
};
