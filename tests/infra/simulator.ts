import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { validatorPython } from "./validators.ts";

/** A server that decides what IAM would: MiniStack, which evaluates policies as AWS documents it. */
export interface PolicySimulator {
	/** Makes a role of this name with these inline policies. */
	putRole(name: string, trust: string, policies: readonly string[]): Promise<void>;
	/** `allowed`, `implicitDeny` or `explicitDeny`. */
	decide(role: string, action: string, resource: string): Promise<string>;
	stop(): Promise<void>;
}

/** Starts the simulator on a free port of the loopback. */
export async function startSimulator(): Promise<PolicySimulator> {
	const port = await freePort();
	const child = spawn(join(dirname(await validatorPython()), "ministack"), {
		env: { ...process.env, BIND_HOST: "127.0.0.1", GATEWAY_PORT: String(port) },
		stdio: ["ignore", "ignore", "pipe"],
	});
	let log = "";
	child.stderr.on("data", (text) => {
		log = `${log}${text}`.slice(-4000);
	});
	const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
	const stop = async (): Promise<void> => {
		child.kill("SIGTERM");
		await ended;
	};
	const call = (action: string, parameters: Record<string, string>): Promise<string> => iam(port, action, parameters);
	try {
		await ready(
			() => call("ListRoles", {}),
			() => child.exitCode === null,
		);
	} catch (error) {
		await stop();
		throw new Error(`the policy simulator did not start: ${log}`, { cause: error });
	}
	return {
		async putRole(name, trust, policies) {
			await call("CreateRole", { RoleName: name, AssumeRolePolicyDocument: trust });
			for (const [index, policy] of policies.entries()) {
				await call("PutRolePolicy", { RoleName: name, PolicyName: `inline-${index}`, PolicyDocument: policy });
			}
		},
		async decide(role, action, resource) {
			const answer = await call("SimulatePrincipalPolicy", {
				PolicySourceArn: `arn:aws:iam::000000000000:role/${role}`,
				"ActionNames.member.1": action,
				"ResourceArns.member.1": resource,
			});
			const decision = /<EvalDecision>(\w+)<\/EvalDecision>/.exec(answer)?.[1];
			if (decision === undefined) throw new Error(`no decision in ${answer}`);
			return decision;
		},
		stop,
	};
}

async function iam(port: number, action: string, parameters: Record<string, string>): Promise<string> {
	const response = await fetch(`http://127.0.0.1:${port}/`, {
		method: "POST",
		headers: {
			authorization:
				"AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0",
		},
		body: new URLSearchParams({ Action: action, Version: "2010-05-08", ...parameters }),
	});
	const text = await response.text();
	if (!response.ok) throw new Error(`${action}: ${response.status} ${text}`);
	return text;
}

async function ready(probe: () => Promise<unknown>, alive: () => boolean): Promise<void> {
	for (;;) {
		try {
			await probe();
			return;
		} catch (error) {
			if (!alive()) throw error;
			await sleep(100);
		}
	}
}

function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once("error", reject);
		server.listen(0, "127.0.0.1", () => {
			const address = server.address();
			server.close(() =>
				typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
			);
		});
	});
}
