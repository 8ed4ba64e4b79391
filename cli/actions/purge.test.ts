import { expect, it } from "vitest";
import { shop } from "../../tests/support/sampleShop.ts";
import { purgedPlaces } from "./purge.ts";

const orders = { schema: "shop", table: "orders" };

it("names the jobs that make removed tables again, models only where there are some", () => {
	const { models: _, ...without } = shop.pipeline;
	const none = purgedPlaces({ jobs: shop.jobs, pipeline: without }, [orders]);
	const some = purgedPlaces({ jobs: shop.jobs, pipeline: { ...without, models: "models" } }, [orders]);
	expect(none.rebuilt).not.toContain("build-models");
	expect(some.rebuilt).toEqual(["build-models", ...none.rebuilt]);
	// What former versions of the definition had built is removed all the same.
	expect(some.folders).toEqual(none.folders);
	expect(none.folders).toContain("models/");
});
