import { expect, it } from "vitest";
import { stepsOf } from "./steps.ts";

it("takes the seconds of each step from what a command shows, under the name with which it began", () => {
	const shown = [
		"note: something",
		"  Job join …",
		"  Job join-more …",
		"✓ Job join-more 12,000 rows read, 10,000 written (5.6 s)",
		"✓ Job join (0.5 s)",
		"  Crawl …",
		"✓ Crawl 31 tables (250 ms)",
		"  Crawl …",
		"✓ Crawl 31 tables (1 min 2 s)",
		"✗ Query (3 s)",
	].join("\n");
	expect(stepsOf(shown)).toEqual({ "Job join-more": 5.6, "Job join": 0.5, Crawl: 62.25 });
	expect(stepsOf("")).toEqual({});
});
