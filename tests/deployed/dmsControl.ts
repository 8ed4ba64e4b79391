import { type Answer, type AwsEndpoint, json, refuse } from "../support/aws/endpoint.ts";
import { place } from "./emulatedCloud.ts";

type Input = Record<string, unknown>;

/**
 * The part of DMS that makes things, since no emulator has one that the SDK can read: takes what names what was made before, and
 * refuses the rest as DMS does. It moves no data.
 */
export class DmsControl {
	/** Inputs of what was made, by ARN. */
	readonly made = new Map<string, Input>();

	constructor(endpoint: AwsEndpoint) {
		endpoint
			.on("dms", "CreateReplicationInstance", (input) => {
				const arn = this.#add("rep", input);
				return json({ ReplicationInstance: { ReplicationInstanceArn: arn } });
			})
			.on("dms", "CreateEndpoint", (input) => json({ Endpoint: { EndpointArn: this.#add("endpoint", input) } }))
			.on("dms", "CreateReplicationTask", (input) => this.#task(input))
			.on("dms", "CreateEventSubscription", (input) => json({ EventSubscription: { SnsTopicArn: input.SnsTopicArn } }));
	}

	#task(input: Input): Answer {
		for (const part of ["ReplicationInstanceArn", "SourceEndpointArn", "TargetEndpointArn"]) {
			const arn = String(input[part]);
			if (!this.made.has(arn)) return refuse("ResourceNotFoundFault", `${part} ${arn} not found`);
		}
		return json({ ReplicationTask: { ReplicationTaskArn: this.#add("task", input) } });
	}

	/** Under an ARN that nobody could guess from the name, as DMS's are. */
	#add(kind: string, input: Input): string {
		const id = (this.made.size + 1).toString().padStart(26, "X");
		const arn = `arn:${place.partition}:dms:${place.region}:${place.accountId}:${kind}:${id}`;
		this.made.set(arn, input);
		return arn;
	}
}
