import { expect, it } from "vitest";
import { testContext } from "../../../tests/support/context.ts";
import type { Invocation } from "../../command.ts";
import { NoSuchStack, PipelineError } from "../../common/errors.ts";
import type { definition } from "./definition.ts";
import { run } from "./run.ts";

const check = { name: "Node.js", ok: true, found: "20" };

/** `doctor` where the stack cannot be had for a reason. */
function doctor(error: Error, outputs?: string) {
	return run({
		options: { outputs },
		stack: () => Promise.reject(error),
		localHost: async () => ({ name: "local-two", checks: async () => [check] }),
		context: testContext(),
	} as unknown as Invocation<typeof definition>);
}

const none = (wanted: string | undefined): NoSuchStack => new NoSuchStack(wanted, ["local", "dev"], { what: "none" });

it.each([undefined, "local", "local-two"])(
	"checks this machine before there is a stack %s, and names the others",
	async (name) => {
		const { json, text } = await doctor(none(name));
		expect(json).toEqual({ stack: "local-two", ok: true, stackExists: false, checks: [check] });
		expect(text).toContain("local-two, not created yet; existing stacks: local, dev");
	},
);

it.each([
	["another one, on AWS", none("prod"), undefined],
	["what a file of outputs names", none(undefined), "outputs.json"],
	["one that is not deployed", new PipelineError("noSuchStack", { what: "not deployed" }), undefined],
	["one whose credentials failed", new PipelineError("credentials", { what: "expired" }), undefined],
])("does not check this machine instead of %s", async (_, error, outputs) => {
	await expect(doctor(error, outputs)).rejects.toBe(error);
});
