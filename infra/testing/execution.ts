import jsonata from "jsonata";

/** A value of JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

type JsonObject = { [key: string]: Json };

/** An error of the Amazon States Language, such as `States.TaskFailed`. */
export class TaskError extends Error {
	readonly error: string;
	override readonly cause: string;

	constructor(error: string, cause = "") {
		super(`${error}: ${cause}`);
		this.error = error;
		this.cause = cause;
	}
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const bytesOfData = 256 * 1024;

/** Answers a task; `resource`: without the partition's part of the ARN, such as `glue:startJobRun.sync`. */
export type Service = (resource: string, parameters: Json) => Json | Promise<Json>;

interface State {
	Type: string;
	Resource?: string;
	QueryLanguage?: string;
	Parameters?: Json;
	Output?: Json;
	ResultSelector?: Json;
	ResultPath?: string | null;
	ItemsPath?: string;
	ItemProcessor?: Machine;
	Branches?: Machine[];
	Choices?: {
		Variable: string;
		IsPresent?: boolean;
		BooleanEquals?: boolean;
		StringEqualsPath?: string;
		NumericGreaterThanEquals?: number;
		Next: string;
	}[];
	Default?: string;
	Retry?: { ErrorEquals: string[]; MaxAttempts: number }[];
	Catch?: { ErrorEquals: string[]; ResultPath?: string | null; Next: string }[];
	Next?: string;
	End?: boolean;
	Error?: string;
}

/** A machine of the Amazon States Language. */
export interface Machine {
	StartAt: string;
	States: Readonly<Record<string, State>>;
}

/** How an execution ended, and the states that it went through, those of branches and items too. */
export interface Execution {
	ended: string;
	path: string[];
}

/**
 * Runs a machine as Step Functions does, without its waits: what the program's machines use of the language, and an error that
 * names whatever else. https://states-language.net/spec.html
 */
export async function execute(machine: Machine, context: JsonObject, service: Service): Promise<Execution> {
	const path: string[] = [];
	const run = new Run(context, service, path);
	await run.machine(machine, {});
	return { ended: path.at(-1) ?? "", path };
}

class Run {
	readonly #context: JsonObject;
	readonly #service: Service;
	readonly #path: string[];

	constructor(context: JsonObject, service: Service, path: string[]) {
		this.#context = context;
		this.#service = service;
		this.#path = path;
	}

	async machine({ StartAt, States }: Machine, begun: Json): Promise<Json> {
		let input = begun;
		for (let name: string | undefined = StartAt; name !== undefined; ) {
			const state: State | undefined = States[name];
			if (state === undefined) throw new Error(`there is no state ${name}`);
			this.#path.push(name);
			if (state.Type === "Succeed" || state.Type === "Fail") return input;
			if (state.Type === "Choice") name = this.#choose(state, input);
			else [name, input] = await this.#work(name, state, input);
			if (Buffer.byteLength(JSON.stringify(input)) > bytesOfData)
				throw new TaskError("States.DataLimitExceeded", `the output of ${this.#path.at(-1)}`);
		}
		return input;
	}

	#choose({ Choices = [], Default }: State, input: Json): string {
		const found = Choices.find(
			({ Variable, IsPresent, BooleanEquals, StringEqualsPath, NumericGreaterThanEquals: least }) => {
				const [value] = this.#nodes(Variable, input);
				if (IsPresent !== undefined) return (value !== undefined) === IsPresent;
				// A path that finds nothing fails the execution.
				if (value === undefined) throw new TaskError("States.Runtime", `${Variable} is not in the input`);
				if (BooleanEquals !== undefined) return value === BooleanEquals;
				if (least !== undefined) return typeof value === "number" && value >= least;
				if (StringEqualsPath === undefined) throw new Error(`a comparison that is not known here: ${Variable}`);
				return value === this.#nodes(StringEqualsPath, input)[0];
			},
		);
		const next = found?.Next ?? Default;
		if (next === undefined) throw new TaskError("States.NoChoiceMatched");
		return next;
	}

	async #work(name: string, state: State, input: Json): Promise<[string | undefined, Json]> {
		for (let attempt = 1; ; attempt++) {
			try {
				const answer = await this.#answer(name, state, input);
				const selected = state.ResultSelector === undefined ? answer : this.#filled(state.ResultSelector, answer);
				return [state.End === true ? undefined : state.Next, put(input, state.ResultPath, selected)];
			} catch (error) {
				if (!(error instanceof TaskError)) throw error;
				const matches = ({ ErrorEquals }: { ErrorEquals: string[] }): boolean =>
					ErrorEquals.includes(error.error) || ErrorEquals.includes("States.ALL");
				const retry = state.Retry?.find(matches);
				if (retry !== undefined && attempt <= retry.MaxAttempts) continue;
				const caught = state.Catch?.find(matches);
				if (caught === undefined) throw error;
				return [caught.Next, put(input, caught.ResultPath, { Error: error.error, Cause: error.cause })];
			}
		}
	}

	async #answer(name: string, state: State, input: Json): Promise<Json> {
		if (state.Type === "Task") {
			const resource = (state.Resource ?? "").split(":states:::")[1];
			if (resource === undefined) throw new Error(`${name} has no integration`);
			return await this.#service(resource, this.#filled(state.Parameters ?? input, input));
		}
		if (state.QueryLanguage === "JSONata" && state.Type === "Pass")
			return this.#evaluated(state.Output ?? input, input);
		if (state.Type === "Pass") return this.#filled(state.Parameters ?? input, input);
		if (state.Type === "Parallel")
			return Promise.all((state.Branches ?? []).map((branch) => this.machine(branch, input)));
		if (state.Type === "Map" && state.ItemProcessor !== undefined) {
			const [items] = this.#nodes(state.ItemsPath ?? "$", input);
			if (!Array.isArray(items)) throw new TaskError("States.Runtime", `${state.ItemsPath} is not a list`);
			const results: Json[] = [];
			for (const item of items) results.push(await this.machine(state.ItemProcessor, item));
			return results;
		}
		throw new Error(`${name}: a state of type ${state.Type} is not known here`);
	}

	/** A template with its paths and functions filled in. */
	#filled(template: Json, input: Json): Json {
		if (Array.isArray(template)) return template.map((value) => this.#filled(value, input));
		if (typeof template !== "object" || template === null) return template;
		return Object.fromEntries(
			Object.entries(template).map(([key, value]) =>
				key.endsWith(".$") && typeof value === "string"
					? [key.slice(0, -2), this.#value(value, input)]
					: [key, this.#filled(value, input)],
			),
		);
	}

	/** A template of JSONata. */
	async #evaluated(template: Json, input: Json): Promise<Json> {
		if (typeof template === "string") {
			const expression = /^\{% (.+) %\}$/s.exec(template)?.[1];
			if (expression === undefined) return template;
			return await jsonata(expression).evaluate(null, { states: { input, context: this.#context } });
		}
		if (typeof template !== "object" || template === null) return template;
		if (Array.isArray(template)) return Promise.all(template.map((value) => this.#evaluated(value, input)));
		const filled = Object.entries(template).map(async ([key, value]) => [key, await this.#evaluated(value, input)]);
		return Object.fromEntries(await Promise.all(filled));
	}

	#value(expression: string, input: Json): Json {
		const call = /^States\.(\w+)\((.*)\)$/s.exec(expression);
		if (call === null) {
			const nodes = this.#nodes(expression, input);
			if (isDefinite(expression)) {
				const [value] = nodes;
				if (value === undefined) throw new TaskError("States.Runtime", `${expression} is not in the input`);
				return value;
			}
			return nodes;
		}
		const [, name, rest = ""] = call;
		const values = [...rest.matchAll(/'(?<text>[^']*)'|(?<path>(?:States\.\w+\([^)]*\)|\$[^,\s]*))/g)].map(
			({ groups }) => groups?.text ?? this.#value(groups?.path ?? "", input),
		);
		if (name === "JsonToString") return JSON.stringify(values[0]);
		if (name === "ArrayLength" && Array.isArray(values[0])) return values[0].length;
		if (name !== "Format") throw new Error(`States.${name} is not known here`);
		const [text, ...parts] = values;
		return String(text).replaceAll("{}", () => String(parts.shift()));
	}

	/** What a path finds in the input, or, with `$$`, in the context object. */
	#nodes(path: string, input: Json): Json[] {
		const [root, rest] = path.startsWith("$$") ? [this.#context, path.slice(2)] : [input, path.slice(1)];
		return [...rest.matchAll(/\.(?<name>\w+)|\[(?<index>-?\d+)(?<slice>:)?\]|\[(?<all>\*)\]/g)].reduce<Json[]>(
			(nodes, { groups: part }) =>
				nodes.flatMap((node): Json[] => {
					if (part?.all !== undefined) return Array.isArray(node) ? node : [];
					if (part?.index !== undefined && Array.isArray(node)) {
						if (part.slice !== undefined) return node.slice(Number(part.index));
						const value = node[Number(part.index)];
						return value === undefined ? [] : [value];
					}
					if (part?.name === undefined || typeof node !== "object" || node === null || Array.isArray(node)) return [];
					const value = node[part.name];
					return value === undefined ? [] : [value];
				}),
			[root],
		);
	}
}

/** Whether a path finds one node at most, and so stands for it and not for a list. */
function isDefinite(path: string): boolean {
	return !path.includes(":]") && !path.includes("[*]");
}

/** Where a result goes: without a path in place of the input, with null nowhere. */
function put(input: Json, path: string | null | undefined, result: Json): Json {
	if (path === null) return input;
	if (path === undefined || path === "$") return result;
	const name = /^\$\.(\w+)$/.exec(path)?.[1];
	if (name === undefined) throw new Error(`a result path that is not known here: ${path}`);
	if (typeof input !== "object" || input === null || Array.isArray(input))
		throw new TaskError("States.ResultPathMatchFailure", path);
	return { ...input, [name]: result };
}
