import { formatPosition, type Position } from "../model/position.ts";

/** An event group that turned out not to count (rolled back, or prepared only); it is skipped when it is read again. */
export class SkipGroup extends Error {
	/** The group's position, as text. */
	readonly key: string;

	constructor(position: Position) {
		super(`the changes at ${formatPosition(position)} do not count yet`);
		this.key = formatPosition(position);
	}
}
