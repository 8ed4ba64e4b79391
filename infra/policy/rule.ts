/** A resource as the program declares it, before it is made. */
export interface Declared {
	type: string;
	name: string;
	inputs: Readonly<Record<string, unknown>>;
	/** The provider that makes it; components have none. */
	provider: DeclaredProvider | undefined;
	/** Paths of the inputs that are kept secret; undefined where that is not known. */
	secrets: readonly string[] | undefined;
	options: ResourceOptions;
}

/** What Pulumi is to do with a resource, as far as a policy is shown it. */
export interface ResourceOptions {
	protect: boolean;
	ignoreChanges: readonly string[];
	deleteBeforeReplace: boolean;
}

export interface DeclaredProvider {
	type: string;
	name: string;
	inputs: Readonly<Record<string, unknown>>;
}

/** A resource with what is known once it is made: its inputs, and what the cloud adds to them. */
export interface Made {
	type: string;
	name: string;
	outputs: Readonly<Record<string, unknown>>;
	options: ResourceOptions;
}

/** Where a program deploys to, and from; what is not known is undefined. */
export interface Context {
	partition: string | undefined;
	region: string | undefined;
	accountId: string | undefined;
	/** Folders of the machine that deploys. */
	folders: readonly string[];
	/** Texts that are secret wherever they turn up. */
	secretTexts: readonly string[];
}

/** Both parts give what breaks the rule, one line each. */
export interface Rule {
	/** As Pulumi shows it. */
	name: string;
	/** What is checked of a resource by itself, before it is made. */
	resource?: (resource: Declared, context: Context) => string[];
	/** What only several resources together show. */
	stack?: (resources: readonly Made[], context: Context) => string[];
	/** Needs to know which inputs are secret, which a policy pack is not shown. */
	needsSecrets?: true;
}

export interface Statement {
	Effect: string;
	Principal?: unknown;
	Action?: string | string[];
	Resource?: string | string[];
	NotAction?: unknown;
	NotResource?: unknown;
	Condition?: unknown;
}

export function listed(value: string | string[] | undefined): string[] {
	return typeof value === "string" ? [value] : (value ?? []);
}

/** Inputs that hold policy documents, by type. */
const policyInputs: Readonly<Record<string, string>> = {
	"aws:iam/role:Role": "assumeRolePolicy",
	"aws:iam/rolePolicy:RolePolicy": "policy",
	"aws:kms/key:Key": "policy",
	"aws:s3/bucketPolicy:BucketPolicy": "policy",
	"aws:sns/topicPolicy:TopicPolicy": "policy",
};

/** Statements of the resource's policy that allow something; none where it has no policy. */
export function allowed({ type, inputs }: Declared): Statement[] {
	const key = policyInputs[type];
	return key === undefined ? [] : statementsOf(inputs[key]).filter(({ Effect }) => Effect === "Allow");
}

export function statementsOf(document: unknown): Statement[] {
	return (JSON.parse(String(document)) as { Statement: Statement[] }).Statement;
}

/** One of AWS's own, made by a provider; no component. */
export function isOfCloud({ type }: { type: string }): boolean {
	return /^aws(-native)?:/.test(type);
}

/** Values within an input by their paths. What is known only once other resources are made is left out. */
export function leaves(value: unknown, path = ""): [path: string, value: unknown][] {
	if (typeof value !== "object" || value === null) return [[path, value]];
	return Object.keys(value).flatMap((key) => {
		let item: unknown;
		try {
			item = Reflect.get(value, key);
		} catch {
			// Pulumi throws where a policy reads an unknown value.
			return [];
		}
		return leaves(item, Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`);
	});
}

export function texts(value: unknown): [path: string, text: string][] {
	return leaves(value).flatMap(([path, leaf]) => (typeof leaf === "string" ? [[path, leaf] as [string, string]] : []));
}

/** Whether a condition holds for one account only: the one that is deployed to, where it is known. */
export function isOfOneAccount(condition: unknown, { accountId }: Context): boolean {
	const text = JSON.stringify(condition ?? {});
	return accountId === undefined ? /\b\d{12}\b/.test(text) : text.includes(accountId);
}
