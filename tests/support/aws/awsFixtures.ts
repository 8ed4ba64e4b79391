import { test as base } from "../cliFixtures.ts";
import { startMiniStack } from "./ministack.ts";
import { ScriptedStack } from "./scriptedStack.ts";
import { TlsSource } from "./tlsSource.ts";

/** Deployments, and what stands for their services. */
export const test = base
	/** One whose services a test scripts. */
	.extend("aws", async ({ folder }, { onCleanup }) => {
		const aws = await ScriptedStack.create(folder);
		onCleanup(() => aws.close());
		return aws;
	})
	.extend("tlsSource", { scope: "file" }, async ({ fileFolder }, { onCleanup }) => {
		const source = await TlsSource.start(fileFolder);
		onCleanup(() => source.stop());
		return source;
	})
	.extend("miniStack", { scope: "file" }, async ({ fileFolder }, { onCleanup }) => {
		const server = await startMiniStack(fileFolder);
		onCleanup(() => server.stop());
		return server;
	});

export const it = test;
