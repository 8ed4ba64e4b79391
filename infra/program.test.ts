import { beforeAll, describe, expect, it } from "vitest";
import { jobs } from "../tests/support/sampleShop.ts";
import { pipelineOutputs } from "./outputs.ts";
import { mutations } from "./policy/mutations.ts";
import type { Rule } from "./policy/rule.ts";
import { rules } from "./policy/rules.ts";
import { verdict } from "./policy/verdict.ts";
import { type deployed, everyKind } from "./testing/deployed.ts";
import { golden } from "./testing/golden.ts";
import { generatedSecret } from "./testing/mockedCloud.ts";
import { Program, type Registered } from "./testing/program.ts";

const programs: Record<string, Program> = {};
beforeAll(async () => {
	// One after the other: the engine's mock is one for the process.
	for (const [kind, run] of Object.entries(everyKind)) programs[kind] = await run();
}, 120_000);

function program(kind: string): Program {
	const found = programs[kind];
	if (!found) throw new Error(`no program ${kind}`);
	return found;
}

describe.each(Object.keys(everyKind))("the program of %s", (kind) => {
	it.each(Object.entries(rules))("has not %s", (_, rule: Rule) => {
		expect(verdict(rule, program(kind))).toEqual([]);
	});

	it("waits for nothing that it does not make, and names nothing twice", () => {
		const names = new Set(program(kind).resources.map(({ name }) => name));
		const missing = program(kind).resources.flatMap(({ dependencies }) =>
			dependencies.filter((name) => !names.has(name)),
		);
		expect(missing).toEqual([]);
		const urns = program(kind).resources.map(({ type, name }) => `${type} ${name}`);
		expect(urns.filter((urn, index) => urns.indexOf(urn) !== index)).toEqual([]);
	});

	it("names every resource after the stack, below a component", () => {
		const stray = program(kind)
			.resources.filter(({ type, parent }) => !type.startsWith("pulumi:providers:") && parent === "")
			.map(({ type }) => type);
		expect(stray).toEqual(["analytics:index:AnalyticsPipeline"]);
		const prefix = /^analytics-pipeline-(dev|prod)/;
		expect(
			program(kind)
				.resources.filter(({ name, type }) => !prefix.test(name) && !type.startsWith("pulumi:"))
				.map(({ name }) => name),
		).toEqual([]);
	});
});

/** Update with `npx vitest run --project infra infra/program.test.ts -u`, and review the diff. */
describe("the resource graph", () => {
	it.each(["dev", "prod"])("of %s is the one in golden/", async (stack) => {
		await expect(golden(program(stack), `analytics-pipeline-${stack}`)).toMatchFileSnapshot(`golden/${stack}.txt`);
	});

	it("of another pipeline is the one in golden/, and has nothing of the shop", async () => {
		const text = golden(program("another pipeline"), "analytics-pipeline-prod");
		await expect(text).toMatchFileSnapshot("golden/library.txt");
		expect(text).not.toMatch(/classicmodels|wordpress|wp_|joint|star.schema|fact_|dim_|clickstream/);
	});
});

describe("a mutated program", () => {
	it("shows of every rule that it can fail", () => {
		// The tags come from the provider, and prod has no grants of Lake Formation: tests of their own are below.
		const others = ["a resource without the standard tags", "a list in an order that AWS does not keep"];
		const shown = new Set<string>([...mutations.map(([rule]) => rule), ...others]);
		expect(Object.keys(rules).filter((rule) => !shown.has(rule))).toEqual([]);
	});

	it.each(mutations)("has %s: %s %s", (rule, type, part, mutate) => {
		const broken = mutated(program("prod"), type, `analytics-pipeline-prod-${part}`, mutate);
		expect(verdict(rules[rule], broken)).not.toEqual([]);
	});

	it("has a secret in a plain property, where the engine is not asked to keep it", () => {
		const name = "analytics-pipeline-prod-source-instance";
		const broken = mutated(program("prod"), "aws:rds/instance:Instance", name, (database) => {
			database.secrets = [];
		});
		expect(verdict(rules["a secret in a plain property"], broken)).toEqual([
			`${name} has a secret in plain text at password`,
		]);
	});

	it("has a resource without the standard tags, made by the default provider", () => {
		const broken = mutated(
			program("prod"),
			"aws:sns/topic:Topic",
			"analytics-pipeline-prod-notifications-topic",
			(topic) => {
				topic.provider = "";
			},
		);
		expect(verdict(rules["a resource without the standard tags"], broken)).toEqual([
			"analytics-pipeline-prod-notifications-topic does not get the standard tags",
		]);
	});

	it("has a resource without the standard tags, made by a provider that lacks one", () => {
		const broken = mutated(program("prod"), "pulumi:providers:aws", "aws", ({ inputs }) => {
			inputs.defaultTags = JSON.stringify({ tags: { Project: "x" } });
		});
		expect(verdict(rules["a resource without the standard tags"], broken).length).toBeGreaterThan(100);
	});

	it.each([
		[["SELECT", "DESCRIBE"], "grant: sort its permissions: DESCRIBE, SELECT"],
		[["ALL"], "grant: list in its permissions what ALL stands for"],
	])("has a grant of %j", (permissions, reported) => {
		const grant: Registered = {
			...program("prod").named("analytics-pipeline-prod-notifications-topic"),
			type: "aws:lakeformation/permissions:Permissions",
			name: "grant",
			inputs: { permissions },
		};
		const broken = new Program([...program("prod").resources, grant]);
		expect(verdict(rules["a list in an order that AWS does not keep"], broken)).toEqual([reported]);
	});

	it("has a type of resource of which nobody has said whether it holds data", () => {
		const queue: Registered = {
			...program("prod").named("analytics-pipeline-prod-notifications-topic"),
			type: "aws:sqs/queue:Queue",
			name: "queue",
		};
		expect(verdict(rules["something unencrypted"], new Program([...program("prod").resources, queue]))).toEqual([
			"queue: add to this rule whether a aws:sqs/queue:Queue holds data",
		]);
	});

	it("has something unencrypted: a cluster that takes connections without TLS", () => {
		const name = "analytics-pipeline-prod-warehouse-parameters";
		const broken = mutated(
			program("an external source, a cluster and Athena dashboards"),
			"aws:redshift/parameterGroup:ParameterGroup",
			name,
			({ inputs }) => {
				inputs.parameters = [{ name: "require_ssl", value: "false" }];
			},
		);
		expect(verdict(rules["something unencrypted"], broken)).toEqual([`${name} is not encrypted`]);
	});

	it("has public access by a gateway to the internet", () => {
		const gateway: Registered = {
			...program("prod").named("analytics-pipeline-prod-network-vpc"),
			type: "aws:ec2/internetGateway:InternetGateway",
			name: "gateway",
		};
		expect(verdict(rules["public access"], new Program([gateway]))).toHaveLength(1);
	});
});

/** What logs in to a server while it is made, and as whom it does. */
const logsIn: Record<string, (inputs: Registered["inputs"]) => boolean> = {
	"aws:quicksight/dataSource:DataSource": ({ credentials }) => credentials !== undefined,
	"aws:redshiftdata/statement:Statement": () => true,
	"aws:dms/replicationTask:ReplicationTask": ({ startReplicationTask }) => startReplicationTask === true,
};

it("jobs in the network get the lake's data by Lake Formation's endpoint, where it governs the catalog", () => {
	const services = (kind: string) =>
		program(kind)
			.ofType("aws:ec2/vpcEndpoint:VpcEndpoint")
			.map(({ inputs }) => String(inputs.serviceName));
	expect(services("an external source, a cluster and Athena dashboards")).toContainEqual(
		expect.stringMatching(/\.lakeformation$/),
	);
	expect(services("dev").filter((service) => service.endsWith(".lakeformation"))).toEqual([]);
});

describe("the first update", () => {
	const first = Object.keys(everyKind).filter((kind) => kind !== "prod" && kind !== "another pipeline");

	it.each(first)("of %s logs in nowhere: users are made by the CLI, which needs the outputs", (kind) => {
		const found = program(kind).resources.filter(({ type, inputs }) => logsIn[type]?.(inputs));
		expect(found.map(({ name }) => name)).toEqual([]);
	});

	it("of prod says what is left to do, and the second one makes the dashboards", () => {
		const leftToDo = (kind: string) => pipelineOutputs.parse((program(kind) as Program & { result: unknown }).result);
		expect(leftToDo("prod at first")).toMatchObject({
			dashboards: null,
			leftToDo: [
				{ text: expect.stringContaining("pipeline-cli warehouse apply"), doneBy: "warehouse apply" },
				{ text: expect.stringContaining("docs/aws.md") },
				{ text: expect.stringContaining("pulumi config set dashboardsReady true && pulumi up") },
			],
		});
		expect(leftToDo("prod").leftToDo).toEqual([]);
		expect(program("prod").resources.some(({ type, inputs }) => logsIn[type]?.(inputs))).toBe(true);
	});
});

describe("the stack's outputs", () => {
	it.each(Object.keys(everyKind))("of %s are what the CLI reads", (kind) => {
		const { result } = program(kind) as Program & { result: unknown };
		expect(pipelineOutputs.parse(result)).toEqual(result);
		expect(JSON.stringify(result)).not.toContain(generatedSecret);
	});

	it("name Firehose where changes come by it, and the schedule that is deployed", () => {
		const of = (kind: string) => (program(kind) as Awaited<ReturnType<typeof deployed>>).result;
		expect(of("dev").replication.deliveryStreamName).toBeNull();
		expect(of("changes through Kinesis").replication.deliveryStreamName).toMatch(/-changes$/);
		expect(of("dev").schedule).toBeNull();
		expect(of("prod").schedule).toEqual({ expression: "rate(1 hour)", timezone: "UTC" });
	});

	it("name Glue's job for every job of the list", () => {
		const { result } = program("dev") as Awaited<ReturnType<typeof deployed>>;
		expect(Object.keys(result.jobs)).toEqual(jobs.map(({ name }) => name));
	});
});

/** A program in which one resource is another. @throws Error where it has no such resource. */
function mutated(original: Program, type: string, name: string, mutate: (resource: Registered) => void): Program {
	const target = original.resources.find((resource) => resource.type === type && resource.name === name);
	if (!target) throw new Error(`no ${type} ${name}`);
	const copy = structuredClone(target);
	mutate(copy);
	return new Program(original.resources.map((resource) => (resource === target ? copy : resource)));
}
