import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { it } from "../../../../tests/support/fixtures.ts";
import { exists } from "../../../common/fs.ts";
import { installUnit, removeUnit, unitFile, unitText } from "./systemdUnit.ts";

const parts = {
	name: "local",
	node: "/usr/bin/node",
	cli: "/srv/my project/dist/pipeline-cli.js",
	project: "/srv/my project",
	args: ["up", "--foreground", "--every", "300s"],
	env: { PIPELINE_HOME: '/srv/100% $HOME "x"\\y' },
};

it("quotes paths so that systemd replaces nothing in them", () => {
	const lines = unitText({ ...parts, cli: '/a $b/100%/"c"\\d' }).split("\n");
	expect(lines).toContain("WorkingDirectory=/srv/my project");
	expect(lines).toContain('Environment="PIPELINE_HOME=/srv/100%% $HOME \\"x\\"\\\\y"');
	expect(lines).toContain('ExecStart="/usr/bin/node" "/a $$b/100%%/\\"c\\"\\\\d" "up" "--foreground" "--every" "300s"');
	expect(lines).toContain("Restart=on-failure");
});

it("is written into the user's own configuration, and removed from there", async ({ folder }) => {
	vi.stubEnv("XDG_CONFIG_HOME", folder);
	const path = join(folder, "systemd", "user", "pipeline-local.service");
	expect(unitFile("local")).toBe(path);
	expect(await removeUnit("local")).toBeUndefined();
	expect(await installUnit(parts, false)).toMatchObject({ path, action: "no systemd" });
	expect(await exists(path)).toBe(false);
	const unit = await installUnit(parts, true);
	expect(unit).toMatchObject({ path, action: "written" });
	expect(await readFile(path, "utf8")).toBe(unit.text);
	expect((await installUnit(parts, true)).action).toBe("unchanged");
	expect(await removeUnit("local")).toBe(path);
	expect(await exists(path)).toBe(false);
});
