import { sourcePort } from "./config.ts";
import { Notifications } from "./monitoring/notifications.ts";
import { Network } from "./network/network.ts";
import type { Scope } from "./scope.ts";
import { DataLake } from "./storage/dataLake.ts";
import { Encryption } from "./storage/encryption.ts";

/** What all other components stand on: key, topic, buckets, network. */

export function declareEncryption({ name, config, options }: Scope): Encryption {
	return new Encryption(`${name}-encryption`, { disposable: config.disposable }, options);
}

export function declareNotifications(scope: Scope, { keyArn: kmsKeyArn }: Encryption): Notifications {
	const { notificationEmail: email } = scope.config;
	return new Notifications(`${scope.name}-notifications`, { kmsKeyArn, email }, scope.options);
}

export function declareLake(scope: Scope, { keyArn: kmsKeyArn }: Encryption): DataLake {
	return new DataLake(`${scope.name}-lake`, { kmsKeyArn, disposable: scope.config.disposable }, scope.options);
}

export function declareNetwork(scope: Scope, encryption: Encryption, { raw, processed, scripts }: DataLake): Network {
	const config = scope.config;
	const onServer = config.sourceKind === "ec2";
	return new Network(
		`${scope.name}-network`,
		{
			cidr: config.vpcCidr,
			existing:
				config.vpcId === undefined
					? undefined
					: { vpcId: config.vpcId, subnetIds: config.privateSubnetIds, routeTableIds: config.routeTableIds },
			endpointZones: config.endpointZones,
			extraEndpoints: [
				// Session Manager's own, to reach a server without SSH.
				...(onServer ? ["ssm", "ssmmessages"] : []),
				...(config.replicationTarget === "kinesis" ? ["kinesis-streams"] : []),
				// Jobs in the network get the lake's data from it.
				...(config.lakeFormation && config.jobsReadSource ? ["lakeformation"] : []),
			],
			externalSourceCidr: config.sourceCidr,
			sourcePort: sourcePort(config),
			sourceIsServer: onServer,
			bucketArns: [raw.arn, processed.arn, scripts.arn],
			kmsKeyArn: encryption.keyArn,
			logRetentionDays: config.logRetentionDays,
		},
		scope.options,
	);
}
