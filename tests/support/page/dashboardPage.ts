import type { Page } from "playwright-core";
import { expect } from "vitest";

/** The cards of the sample lake, which has too few change logs for the changes by table. */
export const chartIds = [
	"revenue-by-month",
	"product-line-performance",
	"sales-by-country",
	"top-customers",
	"departments-by-joined-rows",
	"clickstream-rate",
];

/** For what comes by itself; the page asks every few seconds. */
export const patience = { timeout: 120_000 };

/** Waits until every chart that is shown has been drawn. */
export async function drawn(page: Page): Promise<void> {
	await expect
		.poll(
			() =>
				page.evaluate(
					"[...document.querySelectorAll('.chart:not([hidden])')].every((chart) => chart.dataset.drawn === 'true')",
				),
			patience,
		)
		.toBe(true);
}

/** How many colours a chart's canvas has: an empty one has one. */
export async function colors(page: Page, id: string): Promise<number> {
	return page.evaluate(`(() => {
		const canvas = document.querySelector('#chart-${id} canvas');
		const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
		return new Set(new Uint32Array(data.buffer)).size;
	})()`);
}

/** Texts of the rows of a chart's table. */
export async function table(page: Page, id: string): Promise<string[][]> {
	return page.evaluate(
		`[...document.querySelectorAll('#table-${id} tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent))`,
	);
}

/** Texts of the rows of the list of tables. */
export async function listedTables(page: Page): Promise<string[][]> {
	return page.evaluate(
		"[...document.querySelectorAll('#table-list tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent))",
	);
}

/** Whether ink touches the left or right edge of a chart, as where a label is longer than its place. */
export async function cutLabels(page: Page, id: string): Promise<boolean> {
	// Of a copy: Chromium warns of a canvas on the screen that is read twice.
	return page.evaluate(`(() => {
		const canvas = document.querySelector('#chart-${id} canvas');
		const { width, height } = canvas;
		const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
		copy.drawImage(canvas, 0, 0);
		const ink = (left) => copy.getImageData(left, 0, 2, height).data.some((value, at) => at % 4 === 3 && value > 0);
		return ink(0) || ink(width - 2);
	})()`);
}

export async function numbers(page: Page, id: string): Promise<string[][]> {
	return (await table(page, id)).map((row) => row.slice(1));
}

export function dollars(value: string | number): string {
	return Number(value).toLocaleString("en-US", { style: "currency", currency: "USD" });
}

export function money(rows: (string | number)[][]): string[][] {
	return rows.map((row) => row.map(dollars));
}
