/** The parts of the repository's package.json that the package's is made of. */
export interface RootManifest {
	name: string;
	version: string;
	description: string;
	license: string;
	engines: Record<string, string>;
	dependencies: Record<string, string>;
}

/**
 * The package's own package.json. Pulumi's packages are peers: the project that runs the program has them, in one version.
 * @param packages names of those that the built program imports.
 * @throws Error for one that the repository does not depend on.
 */
export function packageManifest(root: RootManifest, packages: readonly string[]): Record<string, unknown> {
	const versions = packages.map((name): [string, string] => {
		const version = root.dependencies[name];
		if (version === undefined)
			throw new Error(`The program imports ${name}, which is not among the dependencies of package.json.`);
		return [name, version];
	});
	const isPeer = ([name]: [string, string]): boolean => name.startsWith("@pulumi/");
	const { name, version, description, license, engines } = root;
	return {
		name,
		version,
		description,
		license,
		type: "module",
		engines,
		bin: { "pipeline-cli": "dist/pipeline-cli.js" },
		exports: {
			".": { types: "./infra/types/infra/package.d.ts", default: "./infra/package.js" },
			"./package.json": "./package.json",
		},
		dependencies: Object.fromEntries(versions.filter((entry) => !isPeer(entry))),
		peerDependencies: Object.fromEntries(versions.filter(isPeer).map(([peer, pinned]) => [peer, `^${pinned}`])),
	};
}
