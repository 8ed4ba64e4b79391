/** The oldest Node.js that this program runs on, as package.json says. */
const oldest = [20, 19] as const;

/** Why a Node.js is too old, and what to do; undefined where it is not. */
export function nodeFault(version: string): { what: string; fix: string } | undefined {
	const [major = 0, minor = 0] = version.split(".").map(Number);
	if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return undefined;
	const wanted = oldest.join(".");
	return {
		what: `pipeline-cli needs Node.js ${wanted} or newer; this is ${version}.`,
		fix: "Install a newer one, for instance with nvm: nvm install 22",
	};
}
