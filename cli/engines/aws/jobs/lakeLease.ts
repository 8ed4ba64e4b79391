import { randomUUID } from "node:crypto";
import { z } from "zod";
import { lake } from "../../../../etl/contract/contract.ts";
import { RunGoing } from "../../../common/errors.ts";
import { PlannedStop } from "../../plan.ts";
import type { Context } from "../../port.ts";
import { isAwsError } from "../client/awsError.ts";
import type { Clients } from "../client/clients.ts";

/** Longer than a job's: the clock here may be some minutes off, and whoever finds the lease ended takes it. */
const goodForMs = 300_000;
const renewedEveryMs = 30_000;

const holder = z.object({ token: z.string(), run: z.string(), job: z.string(), until: z.number() });
const holding = z.object({ holders: z.array(holder), takeovers: z.number() });
type Holding = z.infer<typeof holding>;
const nobody: Holding = { holders: [], takeovers: 0 };

/** The right to write the lake, which the jobs hold while they work: etl/lakehouse/run/lease.py says how. */
export interface LakeLease {
	/** Gives it back; a second time does nothing. */
	free(): Promise<void>;
	/** Makes it good for its whole time again. @throws RunGoing where somebody else could take it. */
	renew(): Promise<void>;
}

/**
 * Takes the lease on the lake, and keeps it until it is given back: a job that begins meanwhile waits for it, a quarter of an hour at
 * most. One of a process that was killed ends after five minutes.
 * @param job what takes it, for whoever waits.
 * @throws RunGoing where a job holds it.
 */
export async function takeLease(
	clients: Clients,
	bucket: string,
	job: string,
	{ reporter }: Pick<Context, "reporter">,
): Promise<LakeLease> {
	const token = randomUUID();
	const store = new LeaseObject(clients, bucket);
	const mine = () => ({ token, run: "purge", job, until: seconds() + goodForMs / 1000 });
	const planned = await store
		.change((now) => {
			const live = now.holders.filter(({ until }) => until > seconds());
			const [other] = live;
			if (other !== undefined) throw held(other);
			return { holders: [mine()], takeovers: now.takeovers + now.holders.length };
		})
		.catch((error: unknown) => {
			if (error instanceof PlannedStop) return "planned";
			throw error;
		});
	if (planned === "planned") return { free: () => Promise.resolve(), renew: () => Promise.resolve() };
	let isFree = false;
	let renewing: Promise<void> = Promise.resolve();
	const renew = async (): Promise<void> => {
		await store.change((now) => {
			if (!now.holders.some((one) => one.token === token)) throw lost();
			return { ...now, holders: now.holders.map((one) => (one.token === token ? mine() : one)) };
		});
	};
	// Until its end there is time for another attempt; whoever asks for one hears what came of it.
	const timer = setInterval(() => {
		renewing = renewing.then(renew).catch(() => undefined);
	}, renewedEveryMs);
	timer.unref();
	return {
		renew,
		free: async () => {
			if (isFree) return;
			isFree = true;
			clearInterval(timer);
			await renewing;
			const without = (now: Holding) => ({ ...now, holders: now.holders.filter((one) => one.token !== token) });
			await store.change(without, AbortSignal.timeout(10_000)).catch(() => {
				reporter.warn(
					`The lease on the lake could not be released: jobs may wait up to ${goodForMs / 60_000} minutes for it.`,
				);
			});
		},
	};
}

const seconds = (): number => Date.now() / 1000;

function held({ run, job }: z.infer<typeof holder>): RunGoing {
	return new RunGoing({
		what: `Job ${job} of run ${run} is writing to the lake.`,
		why: "The run would write data again that the purge removes.",
		fix: "Wait until it ends, or stop it, then repeat the command.",
		next: "pipeline-cli status",
	});
}

function lost(): RunGoing {
	return new RunGoing({
		what: "The purge lost its lease on the lake.",
		why: "A run may have written removed data again.",
		fix: "Repeat the command. Replication stays stopped until then.",
		next: "pipeline-cli replication reload --purge",
	});
}

/** The object that holds it, which is replaced only where it is as it was read. */
class LeaseObject {
	readonly #clients: Clients;
	readonly #place: { Bucket: string; Key: string };

	constructor(clients: Clients, bucket: string) {
		this.#clients = clients;
		this.#place = { Bucket: bucket, Key: lake.lease };
	}

	/** @param abortSignal instead of the command's, whose end it is to outlast. */
	async change(to: (now: Holding) => Holding, abortSignal?: AbortSignal): Promise<void> {
		const { GetObjectCommand, PutObjectCommand } = await import("@aws-sdk/client-s3");
		const client = await this.#clients.s3();
		const options = abortSignal === undefined ? {} : { abortSignal };
		for (;;) {
			const found = await client.send(new GetObjectCommand(this.#place), options).catch((error: unknown) => {
				if (isAwsError(error, "NoSuchKey")) return undefined;
				throw error;
			});
			const condition = found === undefined ? { IfNoneMatch: "*" } : { IfMatch: found.ETag };
			const Body = JSON.stringify(to(parsed((await found?.Body?.transformToString()) ?? "")));
			try {
				await client.send(
					new PutObjectCommand({ ...this.#place, ...condition, Body, ContentType: "application/json" }),
					options,
				);
				return;
			} catch (error) {
				// Another writer was first: it has changed the object, is changing it, or has removed it.
				if (!isAwsError(error, "PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")) throw error;
			}
		}
	}
}

/** A damaged object is nobody's lease, and is replaced, as the jobs do it. */
function parsed(text: string): Holding {
	try {
		return holding.parse(JSON.parse(text));
	} catch {
		return nobody;
	}
}
