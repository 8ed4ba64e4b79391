import type { DatabaseMigrationServiceClient, EngineVersion } from "@aws-sdk/client-database-migration-service";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import type { Check } from "../../port.ts";
import type { Clients } from "../client/clients.ts";
import { couldNotCheck, isFinding, notChecked } from "./checks.ts";

/** Days before the end of a DMS engine version from which it is reported. */
const noticeDays = 90;

/** The replication instance, and how long its engine is supported. */
export async function dmsChecks(clients: Clients, { replication, stack }: PipelineOutputs): Promise<Check[]> {
	const dms = await clients.dms();
	const { DescribeReplicationInstancesCommand } = await import("@aws-sdk/client-database-migration-service");
	const { ReplicationInstances: instances = [] } = await dms.send(
		new DescribeReplicationInstancesCommand({
			Filters: [{ Name: "replication-instance-arn", Values: [replication.instanceArn] }],
		}),
	);
	const [instance] = instances;
	const status = instance?.ReplicationInstanceStatus ?? "none";
	return [
		{
			name: "DMS instance",
			ok: status === "available",
			found: status,
			...(status === "available" ? {} : { fix: "Wait until it is available, or check it in the DMS console." }),
		},
		await engineCheck(dms, instance?.EngineVersion, stack),
	];
}

const engine = "DMS engine";

/** Nothing else needs the right to ask for versions: who may not can do all the work. */
async function engineCheck(
	dms: DatabaseMigrationServiceClient,
	version: string | undefined,
	stack: string,
): Promise<Check> {
	if (version === undefined)
		return notChecked(engine, "DMS reports no version", "Repeat doctor when the instance is available.");
	try {
		return judged(version, await engineVersion(dms, version), stack);
	} catch (error) {
		if (isFinding(error)) return couldNotCheck(engine, error);
		throw error;
	}
}

function judged(version: string, known: EngineVersion | undefined, stack: string): Check {
	const end = known?.ForceUpgradeDate ?? known?.AutoUpgradeDate ?? known?.DeprecationDate;
	const daysLeft = end === undefined ? Number.POSITIVE_INFINITY : (end.getTime() - Date.now()) / 86_400_000;
	const ok = known !== undefined && daysLeft > noticeDays && known.Lifecycle !== "DEPRECATED";
	const newest = [...(known?.AvailableUpgrades ?? [])].sort(byNumber).at(-1);
	const listed = known === undefined ? `${version}, which AWS no longer lists` : version;
	const found = end === undefined ? listed : `${version}, until ${end.toISOString().slice(0, 10)}`;
	if (ok) return { name: engine, ok, found };
	const set =
		newest === undefined
			? "Let AWS choose the version: pulumi config rm replicationEngineVersion"
			: `Upgrade to the newest version available from there: pulumi config set replicationEngineVersion ${newest}`;
	const fix = `${set} --stack ${stack} && pulumi up --stack ${stack}. Tasks pause for some minutes.`;
	return { name: engine, ok, found, fix };
}

function byNumber(a: string, b: string): number {
	return a.localeCompare(b, "en", { numeric: true });
}

/** What DMS itself says of a version, with its dates; undefined where it lists none. */
async function engineVersion(
	client: DatabaseMigrationServiceClient,
	version: string,
): Promise<EngineVersion | undefined> {
	const { paginateDescribeEngineVersions } = await import("@aws-sdk/client-database-migration-service");
	for await (const { EngineVersions: versions = [] } of paginateDescribeEngineVersions({ client }, {})) {
		const found = versions.find(({ Version: name }) => name === version);
		if (found !== undefined) return found;
	}
	return undefined;
}
