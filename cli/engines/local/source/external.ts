import { PipelineError } from "../../../common/errors.ts";
import { readIfThere, writeFileAtomic } from "../../../common/fs.ts";
import { shellWord } from "../../../common/shellWord.ts";
import type { SourceAccess } from "../../mysql/access.ts";
import { runChecks } from "../../mysql/checks.ts";
import { connect } from "../../mysql/connection.ts";
import { parseSourceUrl, sourceUrl } from "../../mysql/sourceUrl.ts";
import type { Check, Context, ExternalOptions, ExternalServer } from "../../port.ts";
import { choosePipeline, isSample } from "../shared/definition.ts";
import { type LocalPaths, localPaths } from "../shared/paths.ts";
import { passwordFile, readSettings, writeSettings } from "../shared/settings.ts";
import { makeSourceFolder, refuseOtherSource } from "./up.ts";
import { chosenSchemas } from "./urlSchema.ts";

/**
 * The server that is the user's choice: of `--source-url`, then PIPELINE_SOURCE_URL, then the one that the stack already uses.
 * @returns undefined for the private one.
 */
export async function chosenServer(
	url: string | undefined,
	paths: LocalPaths = localPaths(),
): Promise<ExternalServer | undefined> {
	const named = namedServer(url);
	if (named !== undefined) return named;
	const known = (await readSettings(paths))?.source;
	if (known?.kind !== "external") return undefined;
	return { host: known.host, port: known.port, user: known.user, tls: known.tls };
}

/** The server of `--source-url`, then PIPELINE_SOURCE_URL. */
export function namedServer(url: string | undefined, command?: string): ExternalServer | undefined {
	if (url !== undefined) return parseSourceUrl(url, false, command);
	const fromEnvironment = process.env.PIPELINE_SOURCE_URL;
	if (fromEnvironment === undefined || fromEnvironment === "") return undefined;
	return parseSourceUrl(fromEnvironment, true, command);
}

/**
 * Makes a server of the user's own the source of the stack, after every precondition of replication was found to hold.
 * Its password is kept in a file that only its owner can read.
 * @throws PipelineError naming every check that failed, each with its fix.
 */
export async function useExternalSource(
	context: Context,
	options: ExternalOptions,
	paths: LocalPaths = localPaths(),
): Promise<{ address: string; checks: Check[] }> {
	const { server } = options;
	const before = await readSettings(paths);
	const other = { kind: "external" as const, host: server.host, port: server.port };
	await refuseOtherSource(before, other, options, paths);
	const known = before?.source.kind === "external" ? before.source : undefined;
	const isSameServer = known?.host === server.host && known.port === server.port;
	const isKnown = isSameServer && known.user === server.user;
	const { password: inUrl, schema: _, ...place } = server;
	const ofServer = isSameServer ? known.schemas : undefined;
	const { schemas: ofPipeline, ...chosen } = await choosePipeline(options.pipeline, before, ofServer, paths, options);
	// The sample's, where nobody chose it, says nothing about a server of the user's own.
	const isChosen = ofServer !== undefined || options.pipeline !== undefined || !isSample(chosen.pipeline);
	const schemas =
		chosenSchemas(
			{ server, named: options.schemas, known: isChosen ? ofPipeline : undefined, pipeline: options.pipeline },
			context.reporter,
		) ?? ofPipeline;
	const access: SourceAccess = {
		...place,
		password:
			inUrl ??
			process.env.PIPELINE_SOURCE_PASSWORD ??
			(isKnown ? await keptPassword(paths) : undefined) ??
			(await options.askPassword()),
		schemas: [...schemas],
	};
	const address = `${server.host}:${server.port}`;
	const checks = await context.reporter.task(`Check ${address}`, async (update) => {
		const connection = await connect(access);
		try {
			const found = await runChecks(connection, access);
			update(`${found.filter((check) => check.ok).length} of ${found.length} checks hold`);
			return found;
		} finally {
			await connection.close();
		}
	});
	for (const { warning } of checks) if (warning !== undefined) context.reporter.warn(warning);
	refuseFailed(options, access.schemas, checks);
	await makeSourceFolder(paths);
	await writeFileAtomic(passwordFile(paths), `${access.password}\n`, 0o600);
	await writeSettings(
		{ version: 1, ...chosen, source: { kind: "external", ...place, schemas: access.schemas } },
		paths,
	);
	return { address, checks };
}

/** @throws PipelineError with all the failed checks and their fixes. */
function refuseFailed(
	{ server, pipeline }: Pick<ExternalOptions, "server" | "pipeline">,
	schemas: readonly string[],
	checks: readonly Check[],
): void {
	const failed = checks.filter((check) => !check.ok);
	if (failed.length === 0) return;
	throw new PipelineError("usage", {
		what: `${server.host}:${server.port} can't be replicated from yet: ${failed.length} of ${checks.length} checks failed.`,
		why: failed.map((check) => `${check.name}: ${check.found}`).join("\n"),
		fix: failed.map((check) => `${check.name}: ${check.fix}`).join("\n"),
		next: [
			...["pipeline-cli", "source", "up", "--source-url", sourceUrl(server)],
			...(pipeline === undefined ? [] : ["--pipeline", pipeline]),
			...schemas.flatMap((name) => ["--schema", name]),
		]
			.map(shellWord)
			.join(" "),
	});
}

async function keptPassword(paths: LocalPaths): Promise<string | undefined> {
	return (await readIfThere(passwordFile(paths)))?.replace(/\n$/, "");
}
