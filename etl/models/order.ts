/** Something that others come before. */
export interface Node {
	name: string;
	/** Names of what comes before it; unknown ones are passed over. */
	after: readonly string[];
}

/** Nodes in an order in which each comes after those that it names, or the circles that there are, each once. */
export function inOrder<T extends Node>(nodes: readonly T[]): { order: T[]; circles: string[][] } {
	const byName = new Map(nodes.map((node) => [node.name, node]));
	const order: T[] = [];
	const circles: string[][] = [];
	const done = new Set<string>();
	// On an own stack: a chain of models may be longer than that of calls.
	for (const start of nodes) {
		const way: { node: T; rest: string[] }[] = [];
		const enter = (node: T): void => {
			way.push({ node, rest: node.after.filter((name) => byName.has(name)) });
		};
		if (!done.has(start.name)) enter(start);
		for (let top = way.at(-1); top !== undefined; top = way.at(-1)) {
			const next = top.rest.shift();
			const node = next === undefined ? undefined : byName.get(next);
			if (node === undefined) {
				way.pop();
				if (!done.has(top.node.name)) order.push(top.node);
				done.add(top.node.name);
				continue;
			}
			const at = way.findIndex((entry) => entry.node.name === node.name);
			if (at >= 0) circles.push(way.slice(at).map((entry) => entry.node.name));
			else if (!done.has(node.name)) enter(node);
		}
	}
	return { order, circles };
}

/** Names of all that come before some nodes, with themselves. */
export function before(names: Iterable<string>, nodes: readonly Node[]): Set<string> {
	const after = new Map(nodes.map((node) => [node.name, node.after]));
	const found = new Set<string>();
	const waiting = [...names];
	for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
		if (found.has(name) || !after.has(name)) continue;
		found.add(name);
		waiting.push(...(after.get(name) ?? []));
	}
	return found;
}
