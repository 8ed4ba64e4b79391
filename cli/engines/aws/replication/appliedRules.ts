import { z } from "zod";
import { lake } from "../../../../etl/contract/contract.ts";
import { changedRules, type SourceRules, sourceRules, sourceRulesOf } from "../../../../etl/definition/sourceRules.ts";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { type JsonKind, parseJson } from "../../../common/jsonFile.ts";
import type { RuleChange } from "../../port.ts";
import { openDefinition } from "../../shared/definition.ts";
import { awsError, isAwsError } from "../client/awsError.ts";
import type { Clients } from "../client/clients.ts";

const table = z.object({ schema: z.string(), table: z.string() });
const record = z.object({
	version: z.literal(1),
	/** Those by which the last full load was made. */
	rules: sourceRules,
	/** Tables whose purge has begun and not ended. */
	purging: z.array(table),
});

type Applied = z.infer<typeof record>;

/** How the object is read. */
export const recordFile: JsonKind<Applied> = {
	name: "The record of the rules used for loading",
	schema: record,
	version: 1,
	// Without a record everything counts as loaded in the clear, which asks for a purge of what is withheld.
	remedy: (place) => ({ fix: "Remove it, then repeat the command.", next: `aws s3 rm ${place}` }),
};

/** What the tables in the lake were loaded by: DMS itself knows only what holds now. */
export class AppliedRules {
	readonly #clients: Clients;
	readonly #deployment: PipelineOutputs;

	constructor(clients: Clients, deployment: PipelineOutputs) {
		this.#clients = clients;
		this.#deployment = deployment;
	}

	/** What the definition says now. */
	get current(): SourceRules {
		return sourceRulesOf(openDefinition(this.#deployment.definition).pipeline);
	}

	/** Whether there is a record: not before the first load, nor of a task that somebody started in the console. */
	async isKnown(): Promise<boolean> {
		return (await this.#read()) !== undefined;
	}

	/** @param tables those that DMS knows, or that have files. */
	async changes(
		tables: (schemas: readonly string[]) => Promise<readonly { schema: string; table: string }[]>,
	): Promise<RuleChange[]> {
		const { current } = this;
		// A stack of before this record loaded everything that it replicated in the clear.
		const { rules, purging } = (await this.#read()) ?? { rules: { ...current, columns: {}, tables: [] }, purging: [] };
		const schemas = [...new Set([...rules.schemas, ...current.schemas].map(({ name }) => name))];
		const differs = JSON.stringify(rules) !== JSON.stringify(current);
		return [
			...(differs ? changedRules(rules, current, await tables(schemas)) : []),
			...purging.map((one) => ({ ...one, what: "its purge has started" })),
		];
	}

	/** Notes that a full load begins by the rules that are deployed, which are the definition's, and that no purge is left. */
	loaded(): Promise<void> {
		return this.#write({ version: 1, rules: this.current, purging: [] });
	}

	/** Notes that values of tables are being removed, so that nothing continues before they are loaded again. */
	async purging(tables: readonly { schema: string; table: string }[]): Promise<void> {
		const applied = await this.#read();
		const rules = applied?.rules ?? this.current;
		await this.#write({
			version: 1,
			rules,
			purging: tables.map(({ schema, table: name }) => ({ schema, table: name })),
		});
	}

	async #read(): Promise<Applied | undefined> {
		const { GetObjectCommand } = await import("@aws-sdk/client-s3");
		const bucket = this.#deployment.buckets.processed;
		let text: string;
		try {
			const { Body: body } = await (await this.#clients.s3()).send(
				new GetObjectCommand({ Bucket: bucket, Key: lake.appliedRules }),
			);
			text = (await body?.transformToString()) ?? "";
		} catch (error) {
			if (isAwsError(error, "NoSuchKey")) return undefined;
			throw awsError(error, { service: "s3", action: "GetObject", region: this.#clients.settings.region });
		}
		return parseJson(text, `s3://${bucket}/${lake.appliedRules}`, recordFile);
	}

	async #write(applied: Applied): Promise<void> {
		const { PutObjectCommand } = await import("@aws-sdk/client-s3");
		await (await this.#clients.s3()).send(
			new PutObjectCommand({
				Bucket: this.#deployment.buckets.processed,
				Key: lake.appliedRules,
				Body: JSON.stringify(applied),
			}),
		);
	}
}
