/** The jobs that take in what replication delivered. */
export const takingIn: readonly string[] = ["process-load", "process-cdc"];

/**
 * States of a table, as DMS names them, in which the raw zone has a part of it, or may have.
 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html
 */
export const partlyLoaded: readonly string[] = [
	"Before load",
	"Full load",
	"Table is being reloaded",
	"Table cancelled",
	"Table error",
];
