import * as pulumi from "@pulumi/pulumi";
import { type ConfigKey, hint, type PipelineConfig } from "./config.ts";

/** Account of AWS's own examples, which no one has. */
const exampleAccount = "123456789012";
/** Domains that no one reads mail at. https://www.rfc-editor.org/rfc/rfc2606 */
const exampleDomain = /[@.]example\.(com|net|org)$/i;
/** Ranges for documentation. https://www.rfc-editor.org/rfc/rfc5737 */
const exampleRange = /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+\//;
const exampleCertificate = "example-ca.pem";

/**
 * Values that have the right form and stand for the reader's own, such as those of Pulumi.prod.yaml and of what
 * `pipeline-cli init` writes.
 *
 * @throws pulumi.RunError that names every such key with its value, the reason and what to do about it.
 */
export function refusePlaceholders(config: PipelineConfig): void {
	const { notificationEmail, quickSightPrincipals } = config;
	const errors = sourceErrors(config);
	if (notificationEmail !== undefined && exampleDomain.test(notificationEmail)) {
		const reason = "is an example address that nobody reads";
		errors.push(errorLine("notificationEmail", notificationEmail, reason, "you@your-company.com"));
	}
	const example = quickSightPrincipals.find((principal) => accountOf(principal) === exampleAccount);
	if (example !== undefined) errors.push(ownersError(example, "is an example with an account that does not exist"));
	if (errors.length > 0) throw refusal(errors);
}

/** Of a server that exists: `pipeline-cli init` writes what it cannot know as examples. */
function sourceErrors({
	sourceHost,
	sourceSecretArn,
	sourceCidr,
	sourceCaCertificateFile: file,
}: PipelineConfig): string[] {
	const errors: string[] = [];
	if (sourceHost !== undefined && exampleDomain.test(sourceHost)) {
		errors.push(
			errorLine("sourceHost", sourceHost, "is an example with no server behind it", "mysql.your-company.com"),
		);
	}
	if (sourceSecretArn !== undefined && accountOf(sourceSecretArn) === exampleAccount) {
		const example = "arn:aws:secretsmanager:…, as aws secretsmanager list-secrets lists them";
		errors.push(
			errorLine("sourceSecretArn", sourceSecretArn, "is an example with an account that does not exist", example),
		);
	}
	if (sourceCidr !== undefined && exampleRange.test(sourceCidr)) {
		errors.push(errorLine("sourceCidr", sourceCidr, "is an example range with no server", "10.1.2.0/24"));
	}
	if (file === exampleCertificate) {
		errors.push(errorLine("sourceCaCertificateFile", file, "is an example that does not exist", "source-ca.pem"));
	}
	return errors;
}

/**
 * Owners of the dashboards, all of the account that is deployed to: QuickSight knows no others.
 *
 * @throws pulumi.RunError that names key, value, reason and what to do about it.
 */
export function ownersIn(accountId: string, principals: readonly string[]): string[] {
	const foreign = principals.find((principal) => accountOf(principal) !== accountId);
	if (foreign !== undefined) {
		throw refusal([ownersError(foreign, `does not belong to account ${accountId}, to which this stack is deployed`)]);
	}
	return [...principals];
}

function accountOf(arn: string): string | undefined {
	return arn.split(":")[4];
}

function ownersError(principal: string, reason: string): string {
	const shown = "aws quicksight list-users --namespace default --aws-account-id <account>";
	const example = `arn:aws:quicksight:…:user/default/…, as ${shown} lists them`;
	return errorLine("quickSightPrincipals", principal, reason, example);
}

function errorLine(key: ConfigKey, value: string, reason: string, example: string): string {
	return `  ${key}: ${JSON.stringify(value)} ${reason}. ${hint(key, example)}`;
}

function refusal(errors: readonly string[]): pulumi.RunError {
	const count = errors.length === 1 ? "an error" : `${errors.length} errors`;
	return new pulumi.RunError(`The configuration of the stack has ${count}:\n${errors.join("\n")}`);
}
