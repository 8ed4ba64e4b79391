import * as pulumi from "@pulumi/pulumi";
import { declareEncryption, declareLake, declareNetwork, declareNotifications } from "./foundation.ts";
import { declareClickstream, declareReplication, declareReplicationStream, declareSource } from "./ingestion.ts";
import type { PipelineOutputs } from "./outputs.ts";
import { declareLakeFormation, declareMonitoring } from "./oversight.ts";
import { declareCatalog, declareDataQuality, declareJobs, declareSchedule } from "./processing.ts";
import type { AnalyticsPipelineArgs, Scope } from "./scope.ts";
import { declareAthena, declareDashboards, declareWarehouse } from "./serving.ts";
import { stackOutputs } from "./stackOutputs.ts";

/**
 * The whole pipeline: MySQL and clicks to a lake, jobs, catalog, queries, warehouse and dashboards; private, encrypted
 * and watched. `pipeline-cli replication start` then starts the replication.
 *
 * The constructor names the components and what each is made from; `declare…` has its arguments, field by field.
 *
 * Danger: see `DataLake` and `Replication`.
 *
 * Cost: docs/cost.md.
 */
export class AnalyticsPipeline extends pulumi.ComponentResource {
	/** What the CLI reads. */
	readonly outputs: pulumi.Output<PipelineOutputs>;

	constructor(name: string, args: AnalyticsPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:index:AnalyticsPipeline", name, {}, opts);
		const scope: Scope = { ...args, name, options: { parent: this } };

		const encryption = declareEncryption(scope);
		const notifications = declareNotifications(scope, encryption);
		const lake = declareLake(scope, encryption);
		const network = declareNetwork(scope, encryption, lake);

		const source = declareSource(scope, encryption, lake, network);
		const changes = declareReplicationStream(scope, encryption, lake);
		const replication = declareReplication(scope, encryption, lake, network, notifications, source, changes);
		const clickstream = declareClickstream(scope, encryption, lake);

		const catalog = declareCatalog(scope, encryption, lake);
		const jobs = declareJobs(scope, encryption, lake, network, source, catalog);
		declareDataQuality(scope, lake);
		const schedule = declareSchedule(scope, encryption, notifications, lake, jobs, replication);

		const athena = declareAthena(scope, encryption, lake, catalog);
		const warehouse = declareWarehouse(scope, encryption, lake, network, catalog);
		const dashboards = declareDashboards(scope, encryption, lake, network, catalog, athena, warehouse);

		declareLakeFormation(scope, encryption, lake, catalog, jobs, warehouse, dashboards);
		const watched = { source, replication, changes, clickstream, catalog, jobs, schedule };
		const monitoring = declareMonitoring(scope, notifications, watched);

		const components = { ...watched, encryption, notifications, lake, athena, warehouse, dashboards, monitoring };
		this.outputs = stackOutputs(scope, components);
		this.registerOutputs({ outputs: this.outputs });
	}
}
