import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import type { Declared, Made, ResourceOptions } from "../../infra/policy/rule.ts";

const require = createRequire(import.meta.url);
const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
// Pulumi's own, so that client and messages are of one copy.
const ofPulumi = createRequire(runner);
const { AnalyzerClient } = ofPulumi(
	"../../proto/analyzer_grpc_pb.js",
) as typeof import("@pulumi/pulumi/proto/analyzer_grpc_pb.js");
const messages = ofPulumi("../../proto/analyzer_pb.js") as typeof import("@pulumi/pulumi/proto/analyzer_pb.js");
type Client = InstanceType<typeof AnalyzerClient>;
type Struct = NonNullable<ReturnType<InstanceType<typeof messages.AnalyzeRequest>["getProperties"]>>;
const { credentials } = ofPulumi("@grpc/grpc-js") as {
	credentials: { createInsecure: () => ConstructorParameters<typeof AnalyzerClient>[1] };
};
const { Struct } = ofPulumi("google-protobuf/google/protobuf/struct_pb.js") as {
	Struct: { fromJavaScript: (value: unknown) => Struct };
};
const { Empty } = ofPulumi("google-protobuf/google/protobuf/empty_pb.js") as {
	Empty: new () => Parameters<Client["getAnalyzerInfo"]>[0];
};

export interface Diagnostic {
	policy: string;
	message: string;
	mandatory: boolean;
}

/** The policy pack, started as Pulumi starts it, and called as Pulumi calls it. */
export class PolicyServer {
	readonly #child: ChildProcess;
	readonly #client: Client;

	private constructor(child: ChildProcess, port: string) {
		this.#child = child;
		this.#client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
	}

	/** @param folder that of PulumiPolicy.yaml, in which Pulumi starts the pack */
	static async start(folder: string): Promise<PolicyServer> {
		// The engine's address is not called: it is where a pack logs.
		const child = spawn(process.execPath, [runner, "127.0.0.1:1", "."], {
			cwd: folder,
			stdio: ["ignore", "pipe", "pipe"],
		});
		const errors: Buffer[] = [];
		child.stderr.on("data", (data: Buffer) => errors.push(data));
		const line = once(createInterface(child.stdout), "line").then(([port]) => String(port));
		const ended = once(child, "exit").then(([code]) => {
			throw new Error(`the policy pack ended with ${code}: ${Buffer.concat(errors)}`);
		});
		return new PolicyServer(child, await Promise.race([line, ended]));
	}

	async stop(): Promise<void> {
		this.#client.close();
		const ended = once(this.#child, "exit");
		this.#child.kill();
		await ended;
	}

	/** Names of the policies, with whether each ends an update. */
	policies(): Promise<[name: string, mandatory: boolean][]> {
		return new Promise((resolve, reject) => {
			this.#client.getAnalyzerInfo(new Empty(), (error, info) => {
				if (error) reject(error);
				else resolve(info.getPoliciesList().map((one) => [one.getName(), isMandatory(one.getEnforcementlevel())]));
			});
		});
	}

	analyze({ type, name, inputs, provider, options }: Omit<Declared, "secrets">): Promise<Diagnostic[]> {
		const request = new messages.AnalyzeRequest()
			.setType(type)
			.setName(name)
			.setUrn(urn(type, name))
			.setProperties(struct(inputs))
			.setOptions(asked(options));
		if (provider) {
			const message = new messages.AnalyzerProviderResource()
				.setType(provider.type)
				.setName(provider.name)
				.setUrn(urn(provider.type, provider.name))
				.setProperties(struct(provider.inputs));
			request.setProvider(message);
		}
		return new Promise((resolve, reject) => {
			this.#client.analyze(request, (error, response) => (error ? reject(error) : resolve(diagnostics(response))));
		});
	}

	analyzeStack(resources: readonly Made[]): Promise<Diagnostic[]> {
		const request = new messages.AnalyzeStackRequest().setResourcesList(
			resources.map(({ type, name, outputs, options }) =>
				new messages.AnalyzerResource()
					.setType(type)
					.setName(name)
					.setUrn(urn(type, name))
					.setProperties(struct(outputs))
					.setOptions(asked(options)),
			),
		);
		return new Promise((resolve, reject) => {
			this.#client.analyzeStack(request, (error, response) => (error ? reject(error) : resolve(diagnostics(response))));
		});
	}
}

function asked({ protect, ignoreChanges, deleteBeforeReplace }: ResourceOptions) {
	return new messages.AnalyzerResourceOptions()
		.setProtect(protect)
		.setIgnorechangesList([...ignoreChanges])
		.setDeletebeforereplace(deleteBeforeReplace)
		.setDeletebeforereplacedefined(true);
}

function urn(type: string, name: string): string {
	return `urn:pulumi:prod::analytics-pipeline::${type}::${name}`;
}

function struct(properties: Readonly<Record<string, unknown>>): Struct {
	return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)));
}

function isMandatory(level: number): boolean {
	return level === messages.EnforcementLevel.MANDATORY;
}

function diagnostics(response: InstanceType<typeof messages.AnalyzeResponse>): Diagnostic[] {
	return response.getDiagnosticsList().map((one) => ({
		policy: one.getPolicyname(),
		message: one.getMessage(),
		mandatory: isMandatory(one.getEnforcementlevel()),
	}));
}
