import { lake } from "../../../etl/contract/contract.ts";
import { textLines } from "../../common/textLines.ts";
import type { ObjectStore } from "../../engines/port.ts";
import { verificationMark } from "../verify/markedClicks.ts";

/** Whether the raw zone has clicks beside those of verify-clicks. */
export async function hasClicks(raw: ObjectStore): Promise<boolean> {
	for await (const { key } of raw.list(`${lake.clickstream}/`)) {
		for await (const line of textLines(await raw.fetch(key), key.endsWith(".gz"))) {
			if (!line.includes(verificationMark)) return true;
		}
	}
	return false;
}
