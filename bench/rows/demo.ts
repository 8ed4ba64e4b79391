import { join } from "node:path";
import { launchBrowser } from "../../tests/support/page/browser.ts";
import { freePort } from "../../tests/support/servers/testServer.ts";
import type { Once, Row } from "../core/measure.ts";
import { begin, type Program, type Running } from "../core/processes.ts";
import { BenchStack } from "../core/stack.ts";
import { stepsOf } from "../core/steps.ts";

const demo = (scale: number): string[] => ["demo", "--scale", `${scale}`];

export const demoRow: Row = {
	name: "demo",
	what: "`demo` after `setup`, from a new folder until a change has arrived, with the seconds of its steps; no peer does this work",
	unit: "× the sample data",
	sizes: [1, 3, 10],
	prepare: async (size, folder, defer) => {
		let count = 0;
		return {
			ours: {
				name: "pipeline-cli demo",
				run: async () => {
					count += 1;
					const stack = await BenchStack.empty(join(folder, `${count}`));
					const down = async (): Promise<void> => void (await stack.run(["down", "--purge", "--yes"]));
					defer(down);
					const { seconds, memory, stderr } = await stack.run(demo(size));
					await down();
					return { seconds, memory, parts: stepsOf(stderr) };
				},
			},
			peers: [],
		};
	},
};

export const dashboard: Row = {
	name: "dashboard",
	what: "from the call of `dashboard` until the first chart is drawn in Chromium, compared with the same page as a file, served by Python, which is the limit",
	unit: "× the sample data",
	sizes: [1, 3, 10],
	async prepare(size, folder, defer) {
		const stack = await BenchStack.empty(join(folder, "home"));
		defer(() => stack.run(["down"]));
		await stack.run(demo(size));
		const file = join(folder, "page.html");
		await stack.run(["dashboard", "--export", file]);
		const browser = await launchBrowser();
		defer(() => browser.close());

		/** From the start of what serves the page until its first chart is there. */
		async function firstChart(port: number, path: string, start: () => Running): Promise<Once> {
			const began = performance.now();
			const running = start();
			const page = await browser.newPage();
			try {
				const url = `http://127.0.0.1:${port}/${path}`;
				while (
					!(await page.goto(url).then(
						() => true,
						() => false,
					))
				)
					await page.waitForTimeout(5);
				await page.locator("canvas").first().waitFor({ state: "visible" });
				const seconds = (performance.now() - began) / 1000;
				running.interrupt();
				return { seconds, memory: (await running.ended()).memory };
			} finally {
				await page.close();
				running.interrupt();
			}
		}

		return {
			ours: {
				name: "pipeline-cli dashboard",
				run: async () => {
					const port = await freePort();
					const args = ["dashboard", "--no-open", "--no-token", "--port", `${port}`];
					return firstChart(port, "", () => stack.begin(args, { okCodes: [0, 130] }));
				},
			},
			peers: [
				{
					name: "python3 -m http.server",
					run: async () => {
						const port = await freePort();
						const args = ["-m", "http.server", "--bind", "127.0.0.1", "--directory", folder, `${port}`];
						const program: Program = { command: "python3", args, okCodes: [0, 1, 130] };
						return firstChart(port, "page.html", () => begin(program));
					},
				},
			],
		};
	},
};
