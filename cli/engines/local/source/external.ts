import { PipelineError } from "../../../common/errors.ts";
import { readIfThere, writeFileAtomic } from "../../../common/fs.ts";
import { shellWord } from "../../../common/shellWord.ts";
import { addressOf, isSameServer, type SourceAccess } from "../../mysql/access.ts";
import { readAuthority } from "../../mysql/authority.ts";
import { runChecks } from "../../mysql/checks.ts";
import { connect } from "../../mysql/connection.ts";
import { parseSourceUrl, serverOptions, sourceUrl } from "../../mysql/sourceUrl.ts";
import { verifies } from "../../mysql/tlsMode.ts";
import type { Check, Context, ExternalOptions, ExternalServer } from "../../port.ts";
import { choosePipeline, isSample, requireFreeFolders } from "../shared/definition.ts";
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
	caFile: string | undefined,
	paths: LocalPaths = localPaths(),
): Promise<ExternalServer | undefined> {
	const named = await namedServer(url, caFile);
	if (named !== undefined) return named;
	const known = (await readSettings(paths))?.source;
	if (known?.kind !== "external") {
		if (caFile === undefined) return undefined;
		throw new PipelineError("usage", {
			what: "--source-ca applies only to your own server.",
			fix: "Pass the server's URL with --source-url, or leave out --source-ca.",
		});
	}
	const { kind: _, schemas: __, ...server } = known;
	if (caFile === undefined) return server;
	return parseSourceUrl(sourceUrl(server), false, undefined, await authorityIn(caFile));
}

/** The server of `--source-url`, then PIPELINE_SOURCE_URL. */
export async function namedServer(
	url: string | undefined,
	caFile: string | undefined,
	command?: string,
): Promise<ExternalServer | undefined> {
	const fromEnvironment = process.env.PIPELINE_SOURCE_URL;
	const text = url ?? (fromEnvironment === "" ? undefined : fromEnvironment);
	if (text === undefined) return undefined;
	const authority = caFile === undefined ? undefined : await authorityIn(caFile);
	return parseSourceUrl(text, url === undefined, command, authority);
}

async function authorityIn(caFile: string): Promise<{ ca: string; caFile: string }> {
	return { ca: await readAuthority(caFile), caFile };
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
	await refuseOtherSource(before, { kind: "external", ...server }, options, paths);
	const known = before?.source.kind === "external" ? before.source : undefined;
	const isSame = known !== undefined && isSameServer(known, server);
	const isKnown = isSame && known.user === server.user;
	const { password: inUrl, schema: _, caFile: __, ...named } = server;
	const ca = named.ca ?? (isKnown && verifies(named.tls) ? known.ca : undefined);
	const place = { ...named, ...(ca === undefined ? {} : { ca }) };
	const ofServer = isSame ? known.schemas : undefined;
	const { schemas: ofPipeline, ...chosen } = await choosePipeline(options.pipeline, before, ofServer, paths, options);
	// The sample's, where nobody chose it, says nothing about a server of the user's own.
	const isChosen = ofServer !== undefined || options.pipeline !== undefined || !isSample(chosen.pipeline);
	const schemas =
		chosenSchemas(
			{ server, named: options.schemas, known: isChosen ? ofPipeline : undefined, pipeline: options.pipeline },
			context.reporter,
		) ?? ofPipeline;
	requireFreeFolders(schemas, chosen.pipeline);
	const access: SourceAccess = {
		...place,
		password:
			inUrl ??
			process.env.PIPELINE_SOURCE_PASSWORD ??
			(isKnown ? await keptPassword(paths) : undefined) ??
			(await options.askPassword()),
		schemas: [...schemas],
	};
	const address = addressOf(server);
	const checks = await context.reporter.task(`Check ${address}`, async (update) => {
		const connection = await connect(access, sameCommand(options));
		try {
			const found = await runChecks(connection, access);
			update(`${found.filter((check) => check.ok).length} of ${found.length} checks passed`);
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
	{ server, pipeline, command }: Pick<ExternalOptions, "server" | "pipeline" | "command">,
	schemas: readonly string[],
	checks: readonly Check[],
): void {
	const failed = checks.filter((check) => !check.ok);
	if (failed.length === 0) return;
	throw new PipelineError("usage", {
		what: `${addressOf(server)} cannot be replicated yet: ${failed.length} of ${checks.length} checks failed.`,
		why: failed.map((check) => `${check.name}: ${check.found}`).join("\n"),
		fix: failed.map((check) => `${check.name}: ${check.fix}`).join("\n"),
		next: sameCommand({ server, pipeline, command, schemas }),
	});
}

/** The command that was called. */
function sameCommand({
	server,
	pipeline,
	command = "source up",
	schemas = [],
}: Pick<ExternalOptions, "server" | "pipeline" | "command" | "schemas">): string {
	return [
		...["pipeline-cli", ...command.split(" "), ...serverOptions(server)],
		...(pipeline === undefined ? [] : ["--pipeline", pipeline]),
		...schemas.flatMap((name) => ["--schema", name]),
	]
		.map(shellWord)
		.join(" ");
}

async function keptPassword(paths: LocalPaths): Promise<string | undefined> {
	return (await readIfThere(passwordFile(paths)))?.replace(/\n$/, "");
}
