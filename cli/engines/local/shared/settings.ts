import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { PipelineError } from "../../../common/errors.ts";
import { readIfThere, writeFileAtomic } from "../../../common/fs.ts";
import { type JsonKind, readJsonFile } from "../../../common/jsonFile.ts";
import type { SourceAccess } from "../../mysql/access.ts";
import { tlsModes } from "../../mysql/tlsMode.ts";
import type { TlsMode } from "../../port.ts";
import { type LocalPaths, localPaths } from "./paths.ts";

const settingsSchema = z.object({
	version: z.literal(1),
	/** Folder of the pipeline's definition, from the project's root; the sample shop's where there is none. */
	pipeline: z.string().optional(),
	/** Where the source is, without its password; the password lies beside it, readable by the owner only. */
	source: z.object({
		/** `private`: the MariaDB that the CLI runs; `external`: a server of the user's own, by `--source-url`. */
		kind: z.enum(["private", "external"]),
		host: z.string(),
		port: z.number().int().min(1).max(65535),
		/** In place of host and port. */
		socket: z.string().exactOptional(),
		user: z.string(),
		/** Whether TLS is used, and what is verified; stacks made before there was a choice have a boolean. */
		tls: z.union([z.enum(tlsModes), z.boolean().transform((on): TlsMode => (on ? "VERIFY_IDENTITY" : "DISABLED"))]),
		/** PEM of the authorities that the certificate is verified by, from `--source-ca`. */
		ca: z.string().exactOptional(),
		/** Schemas to replicate. */
		schemas: z.array(z.string()).min(1),
	}),
	/** What replication writes: files, or messages through a delivery stream. */
	replicationTarget: z.enum(["files", "stream"]).optional(),
	/** How the delivery streams buffer, within Firehose's limits. */
	delivery: z
		.object({
			/** MiB and seconds, whichever comes first, after which a buffer becomes an object. */
			bufferSize: z.number().min(1).max(128).default(1),
			bufferInterval: z.number().min(0).max(900).default(60),
			compression: z.enum(["GZIP", "UNCOMPRESSED"]).default("GZIP"),
		})
		.optional(),
});

/** Settings of the local stack, `stack.json`. The stack exists where this file does. */
export type LocalSettings = z.infer<typeof settingsSchema>;

export function passwordFile(paths: LocalPaths = localPaths()): string {
	return join(paths.source, "password");
}

/** How `stack.json` is read. */
const settingsFile: JsonKind<LocalSettings> = {
	name: "The settings file of the local stack",
	schema: settingsSchema,
	version: 1,
	remedy: () => ({
		fix: "Correct it by hand, or remove the local stack and create it again.",
		next: "pipeline-cli down --purge",
	}),
	outcome: "usage",
};

/** @returns undefined where no local stack exists. */
export function readSettings(paths: LocalPaths = localPaths()): Promise<LocalSettings | undefined> {
	return readJsonFile(paths.settings, settingsFile);
}

/** Settings that are not given stay as they are. */
export async function writeSettings(settings: LocalSettings, paths: LocalPaths = localPaths()): Promise<void> {
	await mkdir(dirname(paths.settings), { recursive: true });
	const merged = { ...(await readSettings(paths)), ...settings };
	await writeFileAtomic(paths.settings, `${JSON.stringify(merged, null, 2)}\n`);
}

/** @throws PipelineError where no source was set up yet. */
export async function sourceAccess(paths: LocalPaths = localPaths()): Promise<SourceAccess> {
	const settings = await readSettings(paths);
	if (settings === undefined) {
		throw new PipelineError("noSuchStack", {
			what: "This folder has no local stack.",
			why: `${paths.settings} does not exist.`,
			fix: "Start the source, or run the whole demo.",
			next: "pipeline-cli source up",
		});
	}
	const { kind, ...access } = settings.source;
	return { ...access, password: await keptPassword(kind, paths), isPrivate: kind === "private" };
}

/** @throws PipelineError where the file of the password is gone. */
async function keptPassword(kind: LocalSettings["source"]["kind"], paths: LocalPaths): Promise<string> {
	const password = await readIfThere(passwordFile(paths));
	if (password !== undefined) return password.replace(/\n$/, "");
	throw new PipelineError("credentials", {
		what: "The saved password of the source is missing.",
		why: `${passwordFile(paths)} does not exist.`,
		fix:
			kind === "private"
				? "Start the source again, which sets a new password, then start replication again."
				: "Connect the source again, with the password in PIPELINE_SOURCE_PASSWORD or at the prompt.",
		next:
			kind === "private" ? "pipeline-cli source up" : "pipeline-cli source up --source-url <mysql://user@host:port>",
	});
}
