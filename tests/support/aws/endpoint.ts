import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A call that reached the endpoint. */
export interface Call {
	/** As in the signature's scope: `glue`, `dms`, `s3`, … */
	service: string;
	/** Operation name; for REST services the method and path. */
	action: string;
	/** Body: parsed JSON, form fields; of S3 `body`, its text. */
	input: Record<string, unknown>;
	method: string;
	/** Of the signature. */
	region: string;
	accessKey: string;
	/** Path with query. */
	url: URL;
	headers: IncomingMessage["headers"];
}

/** What the endpoint answers. */
export interface Answer {
	status: number;
	body: string | Uint8Array;
	headers?: Record<string, string>;
	/** Milliseconds before the answer, Infinity: never; or what the answer waits for. */
	delay?: number | Promise<unknown>;
	/** Begins the answer, and never ends it. */
	unfinished?: boolean;
	/** Cuts the connection instead of an answer. */
	reset?: boolean;
}

export type Handler = (input: Record<string, unknown>, call: Call) => Answer;

/** A successful answer of a JSON service. */
export function json(body: object): Answer {
	return { status: 200, body: JSON.stringify(body), headers: { "content-type": "application/x-amz-json-1.1" } };
}

export function xml(body: string, status = 200): Answer {
	return { status, body: `<?xml version="1.0" encoding="UTF-8"?>${body}`, headers: { "content-type": "text/xml" } };
}

/** An error as the JSON services word it. */
export function refuse(name: string, message = `${name} by script`, status = 400): Answer {
	return {
		status,
		body: JSON.stringify({ __type: name, message }),
		headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-errortype": name },
	};
}

/** Faults that any call may meet. */
export const faults = {
	throttle: (): Answer => refuse("ThrottlingException", "Rate exceeded"),
	serverError: (): Answer => refuse("InternalServiceException", "Something went wrong on our side", 500),
	reset: (): Answer => ({ status: 0, body: "", reset: true }),
	expired: (): Answer => refuse("ExpiredTokenException", "The security token included in the request is expired"),
	malformed: (): Answer => ({
		status: 200,
		body: "<html>this is the proxy</html>",
		headers: { "content-type": "text/html" },
	}),
	denied: (action: string, resource: string): Answer =>
		refuse(
			"AccessDeniedException",
			`User: arn:aws:iam::123456789012:user/ana is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the action`,
		),
	slow: (answer: Answer, milliseconds: number): Answer => ({ ...answer, delay: milliseconds }),
	never: (): Answer => ({ status: 200, body: "", delay: Number.POSITIVE_INFINITY }),
};

/** Gives the steps one after the other; the last one stays. */
export function timeline<T>(...steps: readonly [T, ...T[]]): () => T {
	let index = 0;
	return () => {
		const step = steps[Math.min(index, steps.length - 1)] as T;
		index += 1;
		return step;
	};
}

/**
 * An HTTP server on a free loopback port that clients of the AWS SDK reach by AWS_ENDPOINT_URL. A test scripts what
 * each operation answers, slips faults in before, and reads the calls back.
 */
export class AwsEndpoint {
	readonly calls: Call[] = [];
	readonly #server: Server;
	readonly #handlers = new Map<string, Handler>();
	readonly #faults = new Map<string, Answer[]>();

	private constructor() {
		this.#server = createServer((request, response) => void this.#serve(request, response));
	}

	static async start(): Promise<AwsEndpoint> {
		const endpoint = new AwsEndpoint();
		await new Promise<void>((resolve) => endpoint.#server.listen(0, "127.0.0.1", resolve));
		return endpoint;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	/** Environment with which the SDK comes here, and nowhere else. */
	env(): Record<string, string> {
		return {
			AWS_ENDPOINT_URL: this.url,
			AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
			AWS_SECRET_ACCESS_KEY: "secretexample",
			AWS_EC2_METADATA_DISABLED: "true",
			AWS_CONFIG_FILE: "/dev/null",
		};
	}

	/** What an operation answers from now on. */
	on(service: string, action: string, handler: Handler): this {
		this.#handlers.set(`${service}:${action}`, handler);
		return this;
	}

	/** Answers that come before the handler's, each once. */
	fault(service: string, action: string, ...answers: Answer[]): this {
		const key = `${service}:${action}`;
		this.#faults.set(key, [...(this.#faults.get(key) ?? []), ...answers]);
		return this;
	}

	/** Inputs of the calls of one operation. */
	inputs(service: string, action: string): Record<string, unknown>[] {
		return this.calls.filter((call) => call.service === service && call.action === action).map((call) => call.input);
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise<void>((resolve) => this.#server.close(() => resolve()));
	}

	async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const call = parse(request, Buffer.concat(chunks).toString("utf8"));
		this.calls.push(call);
		const key = `${call.service}:${call.action}`;
		const answer = this.#faults.get(key)?.shift() ?? this.#answer(key, call);
		if (answer.reset === true) {
			request.socket.destroy();
			return;
		}
		const send = (): void => {
			response.writeHead(answer.status, { "x-amzn-requestid": "scripted", ...answer.headers });
			if (answer.unfinished === true) response.write(answer.body);
			else response.end(answer.body);
		};
		if (answer.delay === undefined) send();
		else if (typeof answer.delay !== "number") void answer.delay.then(send);
		else if (Number.isFinite(answer.delay)) setTimeout(send, answer.delay).unref();
	}

	#answer(key: string, call: Call): Answer {
		const handler = this.#handlers.get(key);
		if (handler === undefined) return refuse("UnknownOperationException", `the script has no answer to ${key}`);
		return handler(call.input, call);
	}
}

/** Which operation of which service a request means. */
function parse(request: IncomingMessage, body: string): Call {
	const url = new URL(request.url ?? "/", "http://endpoint");
	const method = request.method ?? "GET";
	const scope = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? "");
	const [, accessKey = "", region = "", service = "unsigned"] = scope ?? [];
	const signed = { service, region, accessKey, method, url, headers: request.headers };
	const target = request.headers["x-amz-target"];
	if (typeof target === "string") {
		const input = JSON.parse(body === "" ? "{}" : body) as Record<string, unknown>;
		return { ...signed, action: target.slice(target.lastIndexOf(".") + 1), input };
	}
	if (request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true) {
		const input = Object.fromEntries(new URLSearchParams(body));
		return { ...signed, action: String(input.Action), input };
	}
	if (service === "s3") return { ...signed, action: s3Action(method, url), input: { body } };
	return { ...signed, action: `${method} ${url.pathname}`, input: {} };
}

function s3Action(method: string, url: URL): string {
	if (method === "GET" && url.searchParams.get("list-type") === "2") return "ListObjectsV2";
	if (method === "GET" && url.searchParams.has("versions")) return "ListObjectVersions";
	if (method === "POST" && url.searchParams.has("delete")) return "DeleteObjects";
	return { GET: "GetObject", HEAD: "HeadObject", PUT: "PutObject" }[method] ?? method;
}

/** A call as IAM names what it needs. */
export function actionOf({ service, action }: Call): string {
	const services: Record<string, string> = { monitoring: "cloudwatch" };
	if (service === "quicksight") return "quicksight:DescribeDashboard";
	return `${services[service] ?? service}:${action === "ListObjectsV2" ? "ListBucket" : action}`;
}
