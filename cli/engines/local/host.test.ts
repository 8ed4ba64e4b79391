import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { PipelineError } from "../../errors.ts";
import { projectRoot } from "../../projectRoot.ts";
import { assertRemovable } from "./host.ts";

it.each([projectRoot, dirname(projectRoot), homedir(), "/"])("does not let %s be removed as a stack", (folder) => {
	expect(() => assertRemovable(folder)).toThrow(PipelineError);
});

it.each([join(projectRoot, ".pipeline"), join(homedir(), "stacks", "a"), "/srv/pipeline"])(
	"lets %s be removed",
	(folder) => {
		expect(() => assertRemovable(folder)).not.toThrow();
	},
);
