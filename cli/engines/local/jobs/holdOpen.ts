import type { ChildProcess } from "node:child_process";
import { Socket } from "node:net";

/** Lets this process end though a child waits for it, or no more. */
export function holdOpen(child: ChildProcess, isHeld: boolean): void {
	for (const part of [child, ...child.stdio]) {
		if (part !== child && !(part instanceof Socket)) continue;
		if (isHeld) part.ref();
		else part.unref();
	}
}
