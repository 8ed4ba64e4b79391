import packageJson from "../../package.json" with { type: "json" };

/** Version of this program. The bundle has it built in. */
export const { version } = packageJson;
