import { poll } from "../../cli/common/poll.ts";

/** Waits until somebody answers at an address. */
export async function answering(url: string): Promise<void> {
	await poll({ firstMs: 5 }, () =>
		fetch(url).then(
			() => true as const,
			() => undefined,
		),
	);
}
