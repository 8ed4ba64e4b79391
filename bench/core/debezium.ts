import { existsSync } from "node:fs";
import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Once, Way } from "./measure.ts";
import { peersDebezium } from "./peers.ts";
import { type Cost, cost } from "./processes.ts";

/** Debezium's embedded engine at the place of the binlog where it was begun; every round continues from there. */
export class BenchDebezium {
	readonly #folder: string;
	readonly #begun: string;
	readonly #port: number;

	private constructor(folder: string, port: number) {
		this.#folder = folder;
		this.#begun = `${folder}-begun`;
		this.#port = port;
	}

	/** @returns undefined where it was not set up: it needs Java. */
	static async begin(folder: string, port: number): Promise<BenchDebezium | undefined> {
		if (!existsSync(join(peersDebezium, "classes"))) return undefined;
		const made = new BenchDebezium(folder, port);
		await mkdir(folder);
		await made.#run(0);
		await cp(folder, made.#begun, { recursive: true });
		return made;
	}

	/** Until so many changes are in its file. */
	way(changes: number, rounds: number): Way {
		return {
			name: "Debezium embedded",
			rounds,
			run: async (): Promise<Once> => {
				await rm(this.#folder, { recursive: true });
				await cp(this.#begun, this.#folder, { recursive: true });
				const { seconds, memory, stdout } = await this.#run(changes);
				const found = Number(stdout.trim().split("\n").at(-1));
				if (found !== changes) throw new Error(`Debezium wrote ${found} of ${changes} changes`);
				return { seconds, memory };
			},
		};
	}

	#run(changes: number): Promise<Cost> {
		const classes = [join(peersDebezium, "classes"), join(peersDebezium, "*")].join(":");
		return cost({ command: "java", args: ["-cp", classes, "Peer", this.#folder, `${this.#port}`, `${changes}`] });
	}
}
