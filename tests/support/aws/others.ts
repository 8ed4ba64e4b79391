import { type AwsEndpoint, json, refuse, xml } from "./endpoint.ts";
import { outputs } from "./outputs.ts";

/** CloudWatch Logs: lines by `group stream`. */
export class LogsScript {
	readonly lines = new Map<string, string[]>();

	constructor(endpoint: AwsEndpoint) {
		const find = (group: unknown, stream: unknown) => this.lines.get(`${String(group)} ${String(stream)}`);
		const event = (message: string) => ({ timestamp: 1_795_000_000_000, message });
		const missing = refuse("ResourceNotFoundException", "The specified log group does not exist.");
		endpoint
			.on("logs", "GetLogEvents", (input) => {
				const found = find(input.logGroupName, input.logStreamName);
				return found === undefined ? missing : json({ events: found.slice(-Number(input.limit)).map(event) });
			})
			.on("logs", "FilterLogEvents", (input) => {
				const [stream] = input.logStreamNames as string[];
				const found = find(input.logGroupName, stream);
				if (found === undefined) return missing;
				const wanted = String(input.filterPattern).replaceAll('"', "");
				return json({ events: found.filter((line) => line.includes(wanted)).map(event) });
			});
	}
}

/** CloudWatch: the newest value of each metric. */
export class MetricsScript {
	/** By the metric's name; one that is not there has no data points. */
	values: Record<string, number> = {};
	/** Called with each question, for what happens meanwhile. */
	onAsk: () => void = () => undefined;
	/** Minutes of the data points, the newest one first; without them the points have no time. */
	times: Date[] = [];

	constructor(endpoint: AwsEndpoint) {
		endpoint.on("monitoring", "GetMetricData", (input) => {
			this.onAsk();
			const queries = input.MetricDataQueries as { Id: string; MetricStat: { Metric: { MetricName: string } } }[];
			return json({
				MetricDataResults: queries.map(({ Id, MetricStat }) => {
					const value = this.values[MetricStat.Metric.MetricName];
					return {
						Id,
						Values: value === undefined ? [] : [value, value + 100],
						Timestamps: this.times.map((time) => time.getTime() / 1000),
					};
				}),
			});
		});
	}
}

/** STS and IAM, which speak the query protocol: who calls, and what they may. */
export class IdentityScript {
	arn = `arn:aws:iam::${outputs.accountId}:user/ana`;
	/** Paths of roles, by their names; of others it is the root. */
	rolePaths: Record<string, string> = {};
	/** Actions that IAM would refuse. */
	denied: string[] = [];

	constructor(endpoint: AwsEndpoint) {
		endpoint
			.on("sts", "GetCallerIdentity", () =>
				xml(
					`<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${this.arn}</Arn><UserId>AIDA</UserId><Account>${this.arn.split(":")[4]}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
				),
			)
			.on("iam", "GetRole", ({ RoleName: role }) => {
				const path = this.rolePaths[String(role)] ?? "/";
				const roleArn = `arn:aws:iam::${outputs.accountId}:role${path}${role}`;
				return xml(
					`<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role><Path>${path}</Path><Arn>${roleArn}</Arn><RoleName>${role}</RoleName><RoleId>AROA</RoleId><CreateDate>2026-01-01T00:00:00Z</CreateDate></Role></GetRoleResult></GetRoleResponse>`,
				);
			})
			.on("iam", "SimulatePrincipalPolicy", (input) => {
				const actions = Object.entries(input).filter(([name]) => name.startsWith("ActionNames.member."));
				const members = actions.map(([, action]) => {
					const decision = this.denied.includes(String(action)) ? "implicitDeny" : "allowed";
					return `<member><EvalActionName>${String(action)}</EvalActionName><EvalDecision>${decision}</EvalDecision></member>`;
				});
				return xml(
					`<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>${members.join("")}</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`,
				);
			});
	}
}

/** Secrets Manager, QuickSight, Redshift's management, Step Functions, Service Quotas: one thing each. */
export class SmallServices {
	/** Of the source. */
	secret: object = {};
	/** Of the user who reads the warehouse. */
	readerSecret: object = { username: "warehouse_reader", password: "Reader0Password" };
	/** State of the workgroup or cluster. */
	warehouse = "AVAILABLE";
	/** Its parameter require_ssl. */
	warehouseTls = "true";
	/** Edition and status of QuickSight's subscription. */
	quickSight = { Edition: "ENTERPRISE", AccountSubscriptionStatus: "ACCOUNT_CREATED" };
	dashboard = { Status: "CREATION_SUCCESSFUL", Errors: [] as { Message: string }[] };
	executions: {
		name: string;
		executionArn: string;
		ended?: true;
		status?: string;
		startDate?: number;
		stopDate?: number;
	}[] = [];
	/** Whether an execution that was started is not listed yet. */
	listsLate = false;
	glueRuns = 50;

	constructor(endpoint: AwsEndpoint) {
		const { accountId, dashboards, stateMachineArn, warehouse } = outputs;
		endpoint
			.on("secretsmanager", "GetSecretValue", ({ SecretId: id }) => {
				const secret = id === warehouse?.readerSecretArn ? this.readerSecret : this.secret;
				return json({ SecretString: JSON.stringify(secret) });
			})
			.on("redshift-serverless", "GetWorkgroup", ({ workgroupName }) =>
				json({
					workgroup: {
						workgroupName,
						status: this.warehouse,
						configParameters: [{ parameterKey: "require_ssl", parameterValue: this.warehouseTls }],
					},
				}),
			)
			.on("redshift", "DescribeClusters", ({ ClusterIdentifier: id }) =>
				xml(
					`<DescribeClustersResponse xmlns="http://redshift.amazonaws.com/doc/2012-12-01/"><DescribeClustersResult><Clusters><Cluster><ClusterIdentifier>${id}</ClusterIdentifier><ClusterStatus>${this.warehouse}</ClusterStatus></Cluster></Clusters></DescribeClustersResult></DescribeClustersResponse>`,
				),
			)
			.on("servicequotas", "GetServiceQuota", () => json({ Quota: { Value: this.glueRuns } }))
			.on("states", "ListExecutions", ({ statusFilter, nextToken, maxResults = 100 }) => {
				const found = this.executions
					.map(({ ended, ...one }) => ({
						...{ startDate: 1, status: ended === undefined ? "RUNNING" : "SUCCEEDED" },
						...one,
					}))
					.filter(({ status }) => statusFilter === undefined || (status === statusFilter && !this.listsLate));
				const from = Number(nextToken ?? 0);
				const to = from + Number(maxResults);
				return json({
					executions: found.slice(from, to),
					...(to < found.length && { nextToken: String(to) }),
				});
			})
			.on("states", "StartExecution", (input) => {
				const name = String(input.name);
				const known = this.executions.find((one) => one.name === name);
				if (known?.ended === true) return refuse("ExecutionAlreadyExists", "Execution Already Exists");
				const started = known ?? { name, executionArn: `${stateMachineArn}:${name}` };
				if (known === undefined) this.executions.push(started);
				return json({ executionArn: started.executionArn, startDate: 1 });
			});
		endpoint.on("quicksight", `GET /account/${accountId}`, () => json({ AccountInfo: this.quickSight }));
		for (const id of Object.values(dashboards?.dashboards ?? {})) {
			endpoint.on("quicksight", `GET /accounts/${accountId}/dashboards/${id}`, () =>
				json({ Dashboard: { DashboardId: id, Version: this.dashboard } }),
			);
		}
	}
}
