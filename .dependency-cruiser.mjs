import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { tsImport } from "tsx/esm/api";

const { rules } = await tsImport("./tools/walls/rules.ts", import.meta.url);
const { readRooms } = await tsImport("./tools/walls/rooms.ts", import.meta.url);

const forbidden = rules(await readRooms());
const rulesHash = createHash("sha256").update(JSON.stringify(forbidden)).digest("hex").slice(0, 12);

/** Who may import whom, as tools/walls/rooms.yaml says: `npm run walls`. */
export default {
	forbidden,
	options: {
		doNotFollow: { path: "node_modules" },
		exclude: { path: "^dist/" },
		// The policy pack has a package.json of its own, by which Pulumi finds its entry.
		combinedDependencies: true,
		// Imports of types count as well.
		tsPreCompilationDeps: true,
		tsConfig: { fileName: fileURLToPath(new URL("tsconfig.json", import.meta.url)) },
		enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "types", "default"] },
		// What was found under other rules does not count; dependency-cruiser itself looks at changed files only.
		cache: { folder: `dist/walls/${rulesHash}`, strategy: "content" },
	},
};
