import { fileURLToPath } from "node:url";
import { tsImport } from "tsx/esm/api";

const { rules } = await tsImport("./tools/walls/rules.ts", import.meta.url);
const { readRooms } = await tsImport("./tools/walls/rooms.ts", import.meta.url);

/** Who may import whom, as tools/walls/rooms.yaml says: `npm run walls`. */
export default {
	forbidden: rules(await readRooms()),
	options: {
		doNotFollow: { path: "node_modules" },
		exclude: { path: "^dist/" },
		// The policy pack has a package.json of its own, by which Pulumi finds its entry.
		combinedDependencies: true,
		// Imports of types count as well.
		tsPreCompilationDeps: true,
		tsConfig: { fileName: fileURLToPath(new URL("tsconfig.json", import.meta.url)) },
		enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "types", "default"] },
		cache: { folder: "dist/walls", strategy: "content" },
	},
};
