import { lake } from "../../etl/contract/contract.ts";
import { allow, type Statement } from "../shared/policyDocument.ts";

/** A bucket and prefixes within it; a prefix has no slash at its ends, and an empty one is the whole bucket. */
export interface LakePrefixes {
	bucketArn: string;
	prefixes: readonly string[];
}

/** The fewest prefixes that cover the given ones, sorted. */
export function coveringPrefixes(prefixes: readonly string[]): string[] {
	const sorted = [...new Set(prefixes)].sort();
	return sorted.filter(
		(prefix) => !sorted.some((other) => other !== prefix && (other === "" || prefix.startsWith(`${other}/`))),
	);
}

/** ARNs of all objects below the prefixes. */
export function objectArns({ bucketArn, prefixes }: LakePrefixes): string[] {
	return coveringPrefixes(prefixes).map((prefix) => (prefix === "" ? `${bucketArn}/*` : `${bucketArn}/${prefix}/*`));
}

/** Listing shows names only, and services list from the root when they test a connection: it is not cut by prefix. */
export function listBuckets(sid: string, bucketArns: readonly string[]): Statement {
	return allow(sid, ["s3:GetBucketLocation", "s3:ListBucket"], bucketArns);
}

export function readObjects(sid: string, places: readonly LakePrefixes[]): Statement {
	return allow(sid, ["s3:GetObject"], places.flatMap(objectArns));
}

/** Write includes reading back and deleting one's own files, and giving up a multipart upload. */
export function writeObjects(sid: string, places: readonly LakePrefixes[]): Statement {
	return allow(
		sid,
		["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
		places.flatMap(objectArns),
	);
}

/** Use of the lake's key for reading what it encrypts. */
export function decrypt(kmsKeyArn: string): Statement {
	return allow("Decrypt", ["kms:Decrypt", "kms:DescribeKey"], [kmsKeyArn]);
}

/** Use of the lake's key for reading and writing. */
export function encryptAndDecrypt(kmsKeyArn: string): Statement {
	return allow("EncryptAndDecrypt", ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"], [kmsKeyArn]);
}

/** Reading of every table: those of the processed zone, and the clicks where there are any. ARNs of the two zones. */
export function readTables(tables: {
	/** Of the processed zone. */
	tableFolders: readonly string[];
	hasClicks: boolean;
	raw: string;
	processed: string;
}): Statement[] {
	const { raw, processed, hasClicks } = tables;
	return [
		listBuckets("ListLake", [...(hasClicks ? [raw] : []), processed]),
		readObjects("ReadTables", [
			...(hasClicks ? [{ bucketArn: raw, prefixes: [lake.clickstream] }] : []),
			{ bucketArn: processed, prefixes: tables.tableFolders },
		]),
	];
}
