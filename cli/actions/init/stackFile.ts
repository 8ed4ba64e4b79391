import { isIPv6 } from "node:net";
import type { ExternalServer } from "../../engines/port.ts";
import { yamlText } from "./yamlText.ts";

/** As many characters as a stack's name may have; infra/stackConfig.ts says why. */
const longest = 13;

/** A name that the Pulumi program takes, from a pipeline's. */
export function stackNameOf(pipeline: string): string {
	const squeezed = pipeline.replaceAll(/-+/g, "-");
	return squeezed.slice(0, longest).replace(/-$/, "");
}

/**
 * The text of a stack's `Pulumi.<stack>.yaml`. What AWS needs and a server does not say has placeholders, which the program
 * refuses (infra/placeholders.ts).
 * @param folder that of the definition, from the project's root.
 */
export function stackText(stack: string, folder: string, server: ExternalServer, version: string): string {
	const isReachable = /^[A-Za-z0-9.-]+$/.test(server.host) && !/^(localhost|127\..*)$/i.test(server.host);
	const host = isReachable && !isIPv6(server.host) ? server.host : "mysql.example.com";
	const key = (name: string, value: string | number): string =>
		`  ${name}: ${typeof value === "number" ? value : yamlText(value)}`;
	return [
		`# The stack ${stack} on AWS, created by pipeline-cli init. All keys: docs/configuration.md`,
		"# The values below the line are placeholders: replace them. Until then pulumi preview rejects this file.",
		"config:",
		key("pipeline", folder),
		key("sourceKind", "external"),
		key("sourceEngine", version.startsWith("MariaDB") ? "mariadb" : "mysql"),
		...(host === server.host ? [key("sourceHost", host)] : []),
		key("sourcePort", server.port),
		"  # ---",
		...(host === server.host
			? []
			: ["  # The server's host name or address as seen from the VPC", key("sourceHost", host)]),
		"  # Secret in Secrets Manager with the server's username, password, host and port (docs/aws.md)",
		key("sourceSecretArn", `arn:aws:secretsmanager:us-east-1:123456789012:secret:${stack}-source`),
		"  # Address range that contains the server, as seen from the VPC",
		key("sourceCidr", "192.0.2.0/24"),
		"  # PEM file with the server's certificate authority",
		key("sourceCaCertificateFile", "example-ca.pem"),
		"  # Who is notified of alarms, failed jobs and the budget",
		key("notificationEmail", "data-platform@example.com"),
		"",
	].join("\n");
}
