import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployed, everyKind, withDmsRoles } from "../../infra/testing/deployed.ts";
import type { Program } from "../../infra/testing/program.ts";
import { otherRights } from "./otherRights.ts";
import { never, rights } from "./rights.ts";
import { type PolicySimulator, startSimulator } from "./simulator.ts";

/** Roles that AWS names and gives its own policies; see `DmsServiceRoles`. */
const namedByDms = /^replication-roles-dms-/;
const prefix = "analytics-pipeline-prod-";
const roleNames = Object.keys(rights);
const programs: Record<string, Program> = {};
let program: Program;
let simulator: PolicySimulator;

async function putRole(of: Program, stackPrefix: string, role: string, as: string): Promise<void> {
	const trust = String(of.named(`${stackPrefix}${role}`, "aws:iam/role:Role").inputs.assumeRolePolicy);
	// All of them: where Lake Formation governs the catalog, a role has a second one.
	const policies = of
		.ofType("aws:iam/rolePolicy:RolePolicy")
		.filter(({ inputs }) => inputs.role === `${stackPrefix}${role}`)
		.map(({ inputs }) => String(inputs.policy));
	expect(policies).not.toEqual([]);
	await simulator.putRole(as, trust, policies);
}

beforeAll(async () => {
	program = await deployed("prod", {}, withDmsRoles({}));
	for (const [kind, run] of Object.entries(everyKind)) programs[kind] = await run();
	simulator = await startSimulator();
	for (const role of roleNames) await putRole(program, prefix, role, role);
	for (const [name, { stack, role }] of Object.entries(otherRights)) {
		const other = programs[stack];
		if (!other) throw new Error(`no stack ${stack}`);
		const stackPrefix = other.resources.some(({ name: has }) => has === "analytics-pipeline-dev")
			? "analytics-pipeline-dev-"
			: prefix;
		await putRole(other, stackPrefix, role, name.replaceAll(" ", "-"));
	}
});
afterAll(() => simulator?.stop());

it("the table has every role of the stack", () => {
	const roles = program.ofType("aws:iam/role:Role").map(({ name }) => name.slice(prefix.length));
	expect(roles.sort()).toEqual([...roleNames].sort());
});

it.each(Object.keys(everyKind))("the tables have every role of %s", (kind) => {
	const made = programs[kind]?.ofType("aws:iam/role:Role") ?? [];
	expect(made.length).toBeGreaterThan(5);
	const known = [...roleNames, ...Object.values(otherRights).map(({ role }) => role)];
	const names = made.map(({ name }) => name.replace(/^analytics-pipeline-(dev|prod)-/, ""));
	expect(names.filter((name) => !known.includes(name) && !namedByDms.test(name))).toEqual([]);
});

describe.each(Object.entries({ ...rights, ...otherRights }))("%s", (name, { may, mayNot }) => {
	const role = name.replaceAll(" ", "-");

	const decisions = async (cases: [string, string][]): Promise<string[]> =>
		Promise.all(
			cases.map(
				async ([action, resource]) => `${await simulator.decide(role, action, resource)}: ${action} ${resource}`,
			),
		);

	it("may do its work", async () => {
		expect(await decisions(may)).toEqual(may.map(([action, resource]) => `allowed: ${action} ${resource}`));
	});

	it("may not do anybody else's", async () => {
		const refused = mayNot.map(([action, resource]) => `implicitDeny: ${action} ${resource}`);
		expect(await decisions(mayNot)).toEqual(refused);
	});

	it("may do nothing of what nobody may", async () => {
		expect(await decisions(never)).toEqual(never.map(([action, resource]) => `implicitDeny: ${action} ${resource}`));
	});
});
