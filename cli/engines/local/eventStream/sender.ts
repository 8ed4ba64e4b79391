import { randomBytes } from "node:crypto";
import { identify, isRunning } from "../../../common/process/processIdentity.ts";

/** Name of a sender's folder: its process, since when that runs, and a random part. */
export function senderName(): string {
	const { pid, stamp } = identify();
	return `${pid}-${stamp}-${randomBytes(4).toString("hex")}`;
}

/** Whether the process that made a sender's folder still runs. */
export function isSending(folder: string): boolean {
	const [pid, stamp = ""] = folder.split("-");
	return isRunning({ pid: Number(pid), stamp });
}
