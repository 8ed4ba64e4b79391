import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mutations } from "../../infra/policy/mutations.ts";
import { rules } from "../../infra/policy/rules.ts";
import { declared, made } from "../../infra/policy/verdict.ts";
import { deployed } from "../../infra/testing/deployed.ts";
import { Program } from "../../infra/testing/program.ts";
import { type Diagnostic, PolicyServer } from "./policyServer.ts";

let server: PolicyServer;
let prod: Program;
beforeAll(async () => {
	server = await PolicyServer.start(join(import.meta.dirname, "../../infra/policy"));
	prod = await deployed("prod");
});
afterAll(() => server?.stop());

async function reported(program: Program): Promise<Diagnostic[]> {
	const all = [await server.analyzeStack(program.resources.map(made))];
	for (const resource of program.resources) all.push(await server.analyze(declared(resource, program)));
	return all.flat();
}

it("has policies that end an update", async () => {
	const policies = await server.policies();
	expect(policies.map(([name]) => name)).toEqual(
		expect.arrayContaining(["no-wildcard-actions", "no-public-access", "no-public-access-in-stack", "standard-tags"]),
	);
	expect(policies.filter(([, mandatory]) => !mandatory)).toEqual([]);
});

it("reports nothing of the program as it is", async () => {
	expect(await reported(prod)).toEqual([]);
});

/** A policy is not shown which inputs are secret, and the region's own partition is not a foreign one. */
const unseen = (forbids: string, type: string): boolean =>
	forbids === "a secret in a plain property" || type === "aws:sns/topicSubscription:TopicSubscription";

it.each(mutations.filter(([forbids, type]) => !unseen(forbids, type)))(
	"reports %s: %s %s",
	async (forbids, type, part, mutate) => {
		const name = `analytics-pipeline-prod-${part}`;
		const resources = prod.resources.map((resource) => {
			if (resource.type !== type || resource.name !== name) return resource;
			const copy = structuredClone(resource);
			mutate(copy);
			return copy;
		});
		const broken = new Program(resources);
		const diagnostics = [
			await server.analyze(declared(broken.named(name, type), broken)),
			await server.analyzeStack(resources.map(made)),
		].flat();
		const rule = rules[forbids].name;
		const policies = diagnostics.filter(({ mandatory }) => mandatory).map(({ policy }) => policy);
		expect(policies.some((policy) => policy === rule || policy === `${rule}-in-stack`)).toBe(true);
		expect(diagnostics.map(({ message }) => message).join()).toContain(`Forbids ${forbids}`);
	},
);

/** As Pulumi writes them into its messages. */
const signature = "4dabf18193072939515e22adb298388d";
const asset = "c44067f5952c0a294b673a41bacd8c17";
const archive = "0def7320c3a5731c473e5ecbe6d01bc7";
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const file = (path: string) => ({ [signature]: asset, path });

it.each([
	["a file", file, "source"],
	["a file of an archive", (path: string) => ({ [signature]: archive, assets: { a: file(path) } }), "source.assets.a"],
])("reports %s to upload that is named by a path of the machine", async (_, uploadOf, at) => {
	const upload = declared(prod.named("analytics-pipeline-prod-jobs-star-schema-script"), prod);
	const analyze = (path: string) => server.analyze({ ...upload, inputs: { ...upload.inputs, source: uploadOf(path) } });
	expect(await analyze("../etl/jobs/star_schema.py")).toEqual([]);
	const [diagnostic] = await analyze("/home/somebody/etl/jobs/star_schema.py");
	expect(diagnostic).toMatchObject({ policy: "no-machine-paths", mandatory: true });
	expect(diagnostic?.message).toContain(`has a path of this machine at ${at}`);
});

it("says so, and ends no preview, where an input is known only once others are made", async () => {
	const role = declared(prod.named("analytics-pipeline-prod-jobs-role-policy"), prod);
	const diagnostics = await server.analyze({ ...role, inputs: { ...role.inputs, policy: unknown } });
	expect(diagnostics.filter(({ mandatory }) => mandatory)).toEqual([]);
	expect(diagnostics.map(({ message }) => message).join()).toContain("can't be known during preview");
});
