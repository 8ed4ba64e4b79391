import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";

const file = new URL("rooms.yaml", import.meta.url);

const schema = z.strictObject({
	everywhere: z.array(z.string()),
	rooms: z.record(z.string(), z.strictObject({ holds: z.string().min(1), imports: z.array(z.string()) })),
	packages: z.record(z.string(), z.array(z.string())),
	entries: z.array(z.string()),
});

/** A room, with the full names of the rooms that it may import. */
export interface Room {
	name: string;
	holds: string;
	imports: string[];
}

export interface Rooms {
	/** Rooms that every other may import; not among the imports of each. */
	everywhere: string[];
	rooms: Room[];
	/** Names of packages, and the rooms that may import them. */
	packages: { name: string; rooms: string[] }[];
	/** Files that are started or loaded by their path. */
	entries: string[];
}

export async function readRooms(): Promise<Rooms> {
	return parseRooms(await readFile(file, "utf8"));
}

/** @throws where the table has another form, or names a room that it does not have. */
export function parseRooms(yaml: string): Rooms {
	const { everywhere, rooms, packages, entries } = schema.parse(parse(yaml));
	const names = Object.keys(rooms);
	return {
		everywhere: everywhere.flatMap((text) => named(text, names)),
		rooms: Object.entries(rooms).map(([name, { holds, imports }]) => ({
			name,
			holds,
			imports: imports.flatMap((text) => named(fromRoot(text, name), names)),
		})),
		packages: Object.entries(packages).map(([name, texts]) => ({
			name,
			rooms: texts.flatMap((text) => named(text, names)),
		})),
		entries,
	};
}

/** `../x` as seen from a room. */
function fromRoot(text: string, room: string): string {
	return text.startsWith(".") ? new URL(text, `file:///${room}/`).pathname.slice(1) : text;
}

function named(text: string, names: readonly string[]): string[] {
	const found = text.endsWith("/*")
		? names.filter((name) => name.startsWith(text.slice(0, -1)))
		: names.filter((name) => name === text);
	if (found.length === 0) throw new Error(`tools/walls/rooms.yaml has no room ${text}`);
	return found;
}
