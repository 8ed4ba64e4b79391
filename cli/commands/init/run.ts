import { type Initialised, initialise, refuseExisting } from "../../actions/init/init.ts";
import { placeOf } from "../../actions/init/place.ts";
import type { Run } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import { projectRoot, toolRoot } from "../../common/projectRoot.ts";
import { shellWord } from "../../common/shellWord.ts";
import { passwordFromTerminal } from "../shared/sourcePassword.ts";
import type { definition } from "./definition.ts";

/** `init`: the definition of a pipeline for a server of the user's own. */
export const run: Run<typeof definition> = async ({ args, options, localHost, interactive, context }) => {
	const place = placeOf(args.folder, projectRoot);
	await refuseExisting(place);
	const host = await localHost();
	const command = `init ${shellWord(args.folder)}`;
	const server = await host.namedServer(options.sourceUrl, command, options.sourceCa);
	if (server === undefined) {
		throw new PipelineError("usage", {
			what: "init needs the URL of a source.",
			fix: "Pass it with --source-url, or set PIPELINE_SOURCE_URL to the whole URL.",
			next: `pipeline-cli ${command} --source-url mysql://user@host:3306`,
		});
	}
	const found = await host.describeServer(context, {
		server,
		schemas: options.schema,
		askPassword: () => passwordFromTerminal(server, interactive, context.signal),
		command,
	});
	const sourceOptions = `--source-url ${shellWord(found.url)}${
		options.sourceCa === undefined ? "" : ` --source-ca ${shellWord(options.sourceCa)}`
	}`;
	const result = await initialise(place, { project: projectRoot, tool: toolRoot }, server, found);
	const taken = await host.definitionFolder();
	// One stack runs one pipeline.
	const stack = taken === undefined || taken === result.folder ? "" : ` --stack ${await host.freeStack(result.name)}`;
	const next = nextCommands(result, sourceOptions, stack);
	return { json: { ...result, next }, text: describe(result, next) };
};

/** What to run next, on this machine and on AWS. */
function nextCommands(
	{ folder, stack, queries }: Initialised,
	sourceOptions: string,
	onStack: string,
): { local: string[]; aws: string[] } {
	const cli = "pipeline-cli";
	return {
		local: [
			`${cli} up${onStack} --pipeline ${shellWord(folder)} ${sourceOptions}`,
			...queries.slice(0, 1).map((query) => `${cli} query${onStack} --name ${query}`),
			`${cli} dashboard${onStack}`,
		],
		aws: [`pulumi stack init ${stack}`, "pulumi up"],
	};
}

function describe(result: Initialised, next: { local: string[]; aws: string[] }): string {
	const { files, folder, stack, tables, withoutKey, personal, aliases } = result;
	const count = (names: readonly string[], singular: string, plural: string): string =>
		`${names.length} ${names.length === 1 ? singular : plural}`;
	return [
		`Created the pipeline ${result.name} for ${tables} ${tables === 1 ? "table" : "tables"}:`,
		...files.map((file) => `  ${file}`),
		"",
		...(withoutKey.length === 0
			? []
			: [`${count(withoutKey, "table has", "tables have")} no primary key: ${someOf(withoutKey)}`]),
		...(personal.length === 0
			? []
			: [
					`${count(personal, "column", "columns")} may hold personal data: ${someOf(personal)}`,
					`Before the first load, decide in ${folder}/pipeline.yaml which columns to drop or hash.`,
				]),
		...Object.entries(aliases).map(
			([table, alias]) => `${table} is called ${alias} in the catalog, because its own name is not allowed there.`,
		),
		"Next, on this machine:",
		...next.local.map((line) => `  ${line}`),
		`On AWS, after replacing the placeholders in Pulumi.${stack}.yaml:`,
		...next.aws.map((line) => `  ${line}`),
	].join("\n");
}

/** The first of some names; pipeline.yaml has them all. */
function someOf(names: readonly string[]): string {
	const most = 5;
	return names.length <= most ? names.join(", ") : `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
}
