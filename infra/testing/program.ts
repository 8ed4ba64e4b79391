import * as pulumi from "@pulumi/pulumi";
import { mockedCall, mockedId, mockedState } from "./mockedCloud.ts";

/** A resource, as the program asked the engine for it. */
export interface Registered {
	type: string;
	name: string;
	inputs: Record<string, unknown>;
	/** Paths of the inputs that the engine keeps secret. */
	secrets: string[];
	/** Name of the parent; empty for the stack itself. */
	parent: string;
	/** Names of the resources that it waits for, sorted. */
	dependencies: string[];
	/** Name of the explicit provider; empty for the default one. */
	provider: string;
	/** What sets it apart from others: retained, protected, ignoreChanges … */
	options: string[];
	/** Components and providers are not among the cloud's own. */
	custom: boolean;
}

/** What a program asked for, in the order of names. */
export class Program {
	readonly resources: readonly Registered[];

	constructor(resources: readonly Registered[]) {
		this.resources = resources;
	}

	ofType(type: string): Registered[] {
		return this.resources.filter((resource) => resource.type === type);
	}

	/** @throws Error naming what there is, where not exactly one resource has the name (and the type, where given). */
	named(name: string, type?: string): Registered {
		const found = this.resources.filter(
			(resource) => resource.name === name && (type === undefined ? resource.custom : resource.type === type),
		);
		const [only] = found;
		if (only === undefined || found.length > 1) {
			const names = this.resources.map((resource) => `${resource.name} (${resource.type})`).join("\n");
			throw new Error(`${found.length} resources are named ${name}; there are\n${names}`);
		}
		return only;
	}
}

interface Options {
	stack?: string;
	project?: string;
	/** Configuration by full key, as the engine hands it over. */
	config?: Readonly<Record<string, string>>;
	/** Answers to look-ups by token, instead of the mocked cloud's. */
	answers?: Readonly<Record<string, Record<string, unknown>>>;
	/** Gets each look-up. */
	asked?: (token: string, inputs: Record<string, unknown>) => void;
	/** Makes a resource, in place of the mocked cloud. */
	make?: (resource: Registered) => Promise<Made>;
}

/** A resource after it was made: what AWS calls it, and what dependants may ask of it. */
export interface Made {
	id: string;
	state: Record<string, unknown>;
}

/**
 * Runs a program against Pulumi's mock monitor, and records every request that it makes of the engine.
 *
 * @returns what it asked for, and what it returned, with outputs resolved
 */
export async function runProgram<T>(
	program: () => T | Promise<T>,
	{ project = "analytics-pipeline", stack = "test", config = {}, answers = {}, asked, make }: Options = {},
): Promise<Program & { result: pulumi.Unwrap<T> }> {
	const requested = new Map<string, Registered>();
	await pulumi.runtime.setMocks(
		{
			newResource: async ({ type, name, inputs }) => {
				const resource = requested.get(`${type} ${name}`);
				if (make !== undefined && resource?.custom === true) return make(resource);
				return { id: mockedId(type, name), state: mockedState(type, name, inputs) };
			},
			call: ({ token, inputs }) => {
				asked?.(token, inputs);
				return answers[token] ?? mockedCall(token, inputs);
			},
		},
		project,
		stack,
	);
	pulumi.runtime.setAllConfig({ ...config });
	const recorded = recordRequests((resource) => requested.set(`${resource.type} ${resource.name}`, resource));
	const restoreStackTraces = cheapStackTraces();
	let result: pulumi.Unwrap<T>;
	try {
		result = await settled(await program());
	} finally {
		// Of a program that throws, too, so that its last requests do not reach the monitor of the next one.
		await pulumi.runtime.disconnect();
		restoreStackTraces();
	}
	const byName = (a: Registered, b: Registered): number => (a.name + a.type < b.name + b.type ? -1 : 1);
	return Object.assign(new Program(recorded.sort(byName)), { result });
}

/**
 * Pulumi takes a stack trace for every promise and every resource, which is most of the time that a program takes here.
 * One frame, the line that throws, is enough for a failing test, and is formatted when the test reads it.
 *
 * @returns what sets the process's own settings again
 */
function cheapStackTraces(): () => void {
	const { stackTraceLimit, prepareStackTrace } = Error;
	Error.stackTraceLimit = 1;
	Error.prepareStackTrace = String;
	return () => {
		Error.stackTraceLimit = stackTraceLimit;
		if (prepareStackTrace === undefined) Reflect.deleteProperty(Error, "prepareStackTrace");
		else Error.prepareStackTrace = prepareStackTrace;
	};
}

/** The value of an output, or of anything with outputs in it. */
export function settled<T>(value: T): Promise<pulumi.Unwrap<T>> {
	return new Promise((resolve) => {
		pulumi.output(value).apply(resolve);
	});
}

/** The part of the request that the recording reads; the engine's own class is not exported. */
interface Request {
	getType(): string;
	getName(): string;
	getParent(): string;
	getCustom(): boolean;
	getProvider(): string;
	getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
	getDependenciesList(): string[];
	getIgnorechangesList(): string[];
	getReplaceonchangesList(): string[];
	getRetainondelete(): boolean;
	getProtect(): boolean;
	getDeletebeforereplace(): boolean;
	getImportid(): string;
}

function recordRequests(seen: (resource: Registered) => void): Registered[] {
	const recorded: Registered[] = [];
	const monitor = pulumi.runtime.getMonitor() as unknown as {
		registerResource(request: Request, done: unknown): Promise<void>;
	};
	const register = monitor.registerResource.bind(monitor);
	monitor.registerResource = (request, done) => {
		const resource = registered(request);
		recorded.push(resource);
		seen(resource);
		return register(request, done);
	};
	return recorded;
}

function registered(request: Request): Registered {
	const secrets: string[] = [];
	const inputs = plain(request.getObject()?.toJavaScript() ?? {}, "", secrets) as Record<string, unknown>;
	const flags: [string, boolean][] = [
		["retained", request.getRetainondelete()],
		["protected", request.getProtect()],
		["deleteBeforeReplace", request.getDeletebeforereplace()],
		[`import ${request.getImportid()}`, request.getImportid() !== ""],
		[`ignoreChanges ${request.getIgnorechangesList().join(", ")}`, request.getIgnorechangesList().length > 0],
		[`replaceOnChanges ${request.getReplaceonchangesList().join(", ")}`, request.getReplaceonchangesList().length > 0],
	];
	return {
		type: request.getType(),
		name: request.getName(),
		inputs,
		secrets,
		parent: nameOf(request.getParent()),
		dependencies: [...new Set(request.getDependenciesList().map(nameOf))].sort(),
		provider: nameOf(request.getProvider().split("::").slice(0, -1).join("::")),
		options: flags.filter(([, set]) => set).map(([flag]) => flag),
		custom: request.getCustom() && !request.getType().startsWith("pulumi:providers:"),
	};
}

function nameOf(urn: string): string {
	return urn.split("::").at(-1) ?? "";
}

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";

/** Inputs without the wire's marks: secrets unwrapped and noted, assets as their paths. */
function plain(value: unknown, path: string, secrets: string[]): unknown {
	if (Array.isArray(value)) return value.map((item, index) => plain(item, `${path}[${index}]`, secrets));
	if (typeof value !== "object" || value === null) return value;
	const map = value as Record<string, unknown>;
	if (map[signature] === secretSignature) {
		secrets.push(path);
		return plain(map.value, path, secrets);
	}
	if (map[signature] === assetSignature) return `file:${map.path}`;
	return Object.fromEntries(
		Object.entries(map)
			.filter(([key]) => key !== signature)
			.map(([key, item]) => [key, plain(item, path === "" ? key : `${path}.${key}`, secrets)]),
	);
}
