import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { folderId } from "../../shared/folderId.ts";

/**
 * A number of our own among the source's replicas, the same at every start: the source then ends what is left of an earlier
 * connection. For the same reason no two stacks may have one, also where their folders have the same path: on two machines, or
 * in two containers.
 * @param home the stack's folder.
 */
export function serverIdOf(home: string): number {
	const of = [hostname(), home, folderId(home)].join("\n");
	return 0x4000_0000 + (createHash("sha256").update(of).digest().readUInt32BE(0) % 0x3fff_ffff);
}
