import { messageOf, type Outcome, PipelineError } from "../../../common/errors.ts";

/** Which call failed, for the words of the error. */
export interface AwsCall {
	/** Service as IAM spells it, for instance `glue`. */
	service: string;
	/** Operation, for instance `StartJobRun`. */
	action: string;
	region: string;
	profile?: string | undefined;
}

/** What the SDK attaches to the errors that it throws. */
interface SdkError extends Error {
	$metadata?: { httpStatusCode?: number; attempts?: number; requestId?: string; clockSkewCorrected?: boolean };
	$response?: { statusCode?: number };
	code?: string;
}

const credentialErrors = [
	"CredentialsProviderError",
	"TokenProviderError",
	"ExpiredToken",
	"ExpiredTokenException",
	"RequestExpired",
	"InvalidClientTokenId",
	"UnrecognizedClientException",
	"InvalidAccessKeyId",
	"InvalidSignatureException",
	"SignatureDoesNotMatch",
	"IncompleteSignature",
	"MissingAuthenticationToken",
	"MissingAuthenticationTokenException",
	"AuthFailure",
	"InvalidToken",
];

const accessErrors = [
	"AccessDenied",
	"AccessDeniedException",
	"AccessDeniedFault",
	"AuthorizationError",
	"UnauthorizedOperation",
	"NotAuthorized",
	"KMSAccessDeniedFault",
];

const throttlingErrors = [
	"BandwidthLimitExceeded",
	"LimitExceededException",
	"ProvisionedThroughputExceededException",
	"RequestLimitExceeded",
	"RequestThrottled",
	"RequestThrottledException",
	"SlowDown",
	"ThrottledException",
	"Throttling",
	"ThrottlingException",
	"TooManyRequestsException",
];

const missingErrors = [
	"ClusterNotFoundFault",
	"EntityNotFoundException",
	"NoSuchBucket",
	"NotFound",
	"ResourceNotFoundException",
	"ResourceNotFoundFault",
];

const networkCodes = [
	"EAI_AGAIN",
	"ECONNREFUSED",
	"ECONNRESET",
	"EHOSTUNREACH",
	"ENETUNREACH",
	"ENOTFOUND",
	"EPIPE",
	"ETIMEDOUT",
];

/** Operations of S3 whose right IAM calls otherwise: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
const rights: Readonly<Record<string, string>> = {
	"s3:ListObjectsV2": "s3:ListBucket",
	"s3:ListObjectVersions": "s3:ListBucketVersions",
	"s3:HeadObject": "s3:GetObject",
	"s3:DeleteObjects": "s3:DeleteObject and s3:DeleteObjectVersion",
};

/** Words of the error, where the service gave an answer that says no. */
interface Refusal {
	outcome: Outcome;
	what: string;
	fix: string;
	next?: string;
	/** Overrides the service's own words. */
	why?: string;
}

/** Turns what a call threw, after all retries, into an error with its exit code; the SDK's error is its cause. */
export function awsError(error: unknown, call: AwsCall): PipelineError {
	if (error instanceof PipelineError) return error;
	const { outcome, ...text } = refusal(error as SdkError, call);
	return new PipelineError(outcome, { why: messageOf(error), ...text }, { cause: error });
}

/** Whether the service answered with this error, also where it is wrapped already. */
export function isAwsError(error: unknown, ...names: string[]): boolean {
	const cause = error instanceof PipelineError ? error.cause : error;
	return cause instanceof Error && names.includes(cause.name);
}

/** Whether the same call may well succeed later: throttled, failed on AWS's side, not come through, or signed too late. */
export function isTransient(error: unknown): boolean {
	const cause = (error instanceof PipelineError ? error.cause : error) as SdkError | undefined;
	const status = cause?.$metadata?.httpStatusCode ?? cause?.$response?.statusCode;
	return (
		throttlingErrors.includes(cause?.name ?? "") ||
		networkCodes.includes(cause?.code ?? "") ||
		cause?.name === "TimeoutError" ||
		cause?.$metadata?.clockSkewCorrected === true ||
		(status !== undefined && (status === 429 || status >= 500))
	);
}

function refusal(error: SdkError, call: AwsCall): Refusal {
	const operation = `${call.service}:${call.action}`;
	const attempts = error.$metadata?.attempts ?? 1;
	const status = error.$metadata?.httpStatusCode ?? error.$response?.statusCode;
	if (credentialErrors.includes(error.name)) return credentialRefusal(error, call);
	if (accessErrors.includes(error.name)) return accessRefusal(error, operation);
	if (throttlingErrors.includes(error.name) || status === 429) {
		return {
			outcome: "serviceRefused",
			what: `AWS throttled ${operation}, ${attempts} times in a row.`,
			fix: "Wait a moment and repeat the command. If AWS keeps throttling, request a higher quota.",
		};
	}
	if (missingErrors.includes(error.name)) {
		return {
			outcome: "serviceRefused",
			what: `${operation} did not find a resource from the stack's outputs.`,
			fix: `Check the region (${call.region}) and the profile. If a resource was deleted by hand, deploy again.`,
			next: "pulumi up --refresh",
		};
	}
	if (networkCodes.includes(error.code ?? "") || error.name === "TimeoutError") {
		return {
			outcome: "failure",
			what: `AWS could not be reached for ${operation} in ${call.region}, ${attempts} times in a row.`,
			fix: "Check the network, the proxy and the region, then repeat the command.",
		};
	}
	const unreadable = error.name === "SyntaxError" || error.message.includes("Deserialization error");
	if (status === undefined || (unreadable && status < 500) || (status >= 200 && status < 300)) {
		return {
			outcome: "failure",
			what: `The response to ${operation} is not valid.`,
			fix: "Check that no proxy responds instead of AWS, and that AWS_ENDPOINT_URL, if set, is correct.",
		};
	}
	if (status >= 500) {
		return {
			outcome: "serviceRefused",
			what: `AWS failed at ${operation} (HTTP ${status}), ${attempts} times in a row.`,
			fix: "Repeat the command in a few minutes. https://health.aws.amazon.com lists known problems.",
		};
	}
	return {
		outcome: "serviceRefused",
		what: `AWS refused ${operation}: ${error.name}.`,
		fix: "Fix the reason given above.",
	};
}

function credentialRefusal(error: SdkError, call: AwsCall): Refusal {
	const profile = call.profile ?? process.env.AWS_PROFILE;
	const suffix = profile === undefined ? "" : ` --profile ${profile}`;
	const expired = /expired/i.test(`${error.name} ${error.message}`);
	if (/\bsso\b/i.test(error.message)) {
		return {
			outcome: "credentials",
			what: "The AWS sign-in session has expired or is missing.",
			fix: "Sign in again.",
			next: `aws sso login${suffix}`,
		};
	}
	return {
		outcome: "credentials",
		what: expired
			? "The AWS credentials have expired."
			: error.name === "CredentialsProviderError"
				? "There are no AWS credentials."
				: "AWS does not accept these credentials.",
		fix: "Sign in, or choose another profile with --profile.",
		next: `aws login${suffix}`,
	};
}

/** IAM's words name who, what and on what; without them, as from S3 at times, at least the right is known. */
function accessRefusal(error: SdkError, operation: string): Refusal {
	const match =
		/(?:User|Principal): (\S+) is not authorized to perform: (\S+)(?: on resource: (\S+))?/i.exec(error.message) ?? [];
	const [, principal, action = rights[operation] ?? operation, resource] = match;
	const where = resource === undefined ? "" : ` on ${resource.replace(/[.,]$/, "")}`;
	return {
		outcome: "serviceRefused",
		what: `Access denied: ${action}${where}.`,
		fix: `Allow ${action} for ${principal ?? "your identity"}, or use another profile with --profile.`,
		next: "pipeline-cli doctor",
	};
}
