import { resolve } from "node:path";
import chalk from "chalk";
import { exportDashboard, serveUntilStopped } from "../../actions/dashboard/serve.ts";
import type { Run } from "../../command.ts";
import { spawn } from "../../common/process/childProcess.ts";
import { formatBytes } from "../../ui/format.ts";
import type { definition } from "./definition.ts";

/** `dashboard`: the web page on loopback until Ctrl-C, or with --export one HTML file. */
export const run: Run<typeof definition> = async ({ options, stack, context, interactive }) => {
	const file = options.export;
	if (file !== undefined) {
		const path = resolve(file);
		const bytes = await exportDashboard(await stack(), path, context);
		return {
			json: { file: path, bytes },
			text: `${path}, ${formatBytes(bytes)}. It opens in any browser, even offline.`,
		};
	}
	const url = await serveUntilStopped(
		await stack(),
		{ port: options.port, isOpen: !options.token },
		(address) => {
			context.reporter.note(`Dashboard: ${chalk.bold(address)}  (Ctrl-C stops it)`);
			if (options.open && interactive) openBrowser(address);
		},
		context,
	);
	return { json: { url }, text: "" };
};

/** Opens the user's browser where there is one; the address is shown in any case. */
function openBrowser(url: string): void {
	const command =
		new Map<string, string>([
			["darwin", "open"],
			["win32", "explorer"],
		]).get(process.platform) ?? "xdg-open";
	const child = spawn(command, [url], { stdio: "ignore", detached: true });
	child.once("error", () => undefined);
	child.unref();
}
