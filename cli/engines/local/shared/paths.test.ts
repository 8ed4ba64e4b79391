import { afterEach, expect, it, vi } from "vitest";
import { projectRoot } from "../../../common/projectRoot.ts";
import { folderUri, localPaths } from "./paths.ts";

afterEach(() => {
	vi.unstubAllEnvs();
});

it("is .pipeline in the project, or the folder of PIPELINE_HOME", () => {
	vi.stubEnv("PIPELINE_HOME", undefined);
	expect(localPaths().home).toBe(`${projectRoot}/.pipeline`);
	vi.stubEnv("PIPELINE_HOME", "/srv/pipeline");
	expect(localPaths().raw).toBe("/srv/pipeline/lake/raw");
});

it.each(["/srv/my data", "/srv/100%", "/srv/größe"])("refuses %s, which reads otherwise in a URI", (home) => {
	vi.stubEnv("PIPELINE_HOME", home);
	expect(() => localPaths()).toThrowError(
		expect.objectContaining({
			outcome: "usage",
			text: expect.objectContaining({ what: expect.stringContaining(home) }),
		}),
	);
});

it("gives a folder as a URI", () => {
	expect(folderUri("/srv/pipeline/lake/raw")).toBe("file:///srv/pipeline/lake/raw/");
});
