import type { ModelDefinition } from "../../../etl/contract/datasets.ts";
import type { Definition } from "../../../etl/definition/definition.ts";
import type {
	Check,
	Comparison,
	Crawlers,
	EventStream,
	Jobs,
	Logs,
	ObjectStore,
	Query,
	Replication,
	Source,
	Stack,
	Warehouse,
} from "../port.ts";
import { stackDefinition, stackModels } from "./shared/definition.ts";
import { type LocalPaths, stackPaths, usualStack } from "./shared/paths.ts";

/** A local stack: everything on this machine, below one folder. */
export class LocalStack implements Stack {
	readonly name: string;
	readonly engine = "local";
	readonly #paths: LocalPaths;

	constructor(name: string = usualStack) {
		this.name = name;
		this.#paths = stackPaths(name);
	}

	definition(): Promise<Definition> {
		return stackDefinition(this.#paths);
	}

	models(): Promise<readonly ModelDefinition[]> {
		return stackModels(this.#paths);
	}

	async source(): Promise<Source> {
		return new (await import("./source/localSource.ts")).LocalSource(this.#paths);
	}

	async replication(): Promise<Replication> {
		return new (await import("./replication/client/localReplication.ts")).LocalReplication(this.#paths);
	}

	async jobs(): Promise<Jobs> {
		return new (await import("./jobs/localJobs.ts")).LocalJobs(this.#paths);
	}

	async crawlers(): Promise<Crawlers> {
		return new (await import("./catalog/localCrawlers.ts")).LocalCrawlers(this.#paths);
	}

	async query(): Promise<Query> {
		return new (await import("./query/localQuery.ts")).LocalQuery(this.#paths);
	}

	async comparison(): Promise<Comparison> {
		return new (await import("./reconcile/localComparison.ts")).LocalComparison(this.#paths);
	}

	async raw(): Promise<ObjectStore> {
		return new (await import("./objectStore.ts")).LocalObjectStore(this.#paths.raw);
	}

	async processed(): Promise<ObjectStore> {
		return new (await import("./objectStore.ts")).LocalObjectStore(this.#paths.processed);
	}

	async eventStream(): Promise<EventStream> {
		return (await import("./eventStream/eventStream.ts")).localEventStream(this.#paths);
	}

	async warehouse(): Promise<Warehouse> {
		return new (await import("./warehouse/localWarehouse.ts")).LocalWarehouse(this.#paths);
	}

	async logs(): Promise<Logs> {
		return new (await import("./logs.ts")).LocalLogs(
			this.#paths,
			await this.replication(),
			(await this.definition()).jobs,
		);
	}

	/** What a service manager keeps of its service is not a file of ours. */
	async purgeLeaves(): Promise<readonly string[]> {
		const { isInstalled, unitName } = await import("./schedule/systemdUnit.ts");
		if (!(await isInstalled(this.name))) return [];
		return [`log messages of the systemd service, if one was installed: journalctl --user -u ${unitName(this.name)}`];
	}

	async checks(): Promise<Check[]> {
		const found = await (await import("./doctor/checks.ts")).localChecks(this.#paths);
		// A source that cannot be reached was found already.
		if (found.some(({ name, ok }) => name === "source" && !ok)) return found;
		return [...found, ...(await (await import("./reconcile/positionCheck.ts")).positionCheck(this.#paths))];
	}
}
