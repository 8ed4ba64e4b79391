import type { Room, Rooms } from "./rooms.ts";

/** The table of walls for docs/architecture.md: a heading for each part of the house, names within a part without its own. */
export function wallsTable({ rooms, packages }: Rooms): string {
	const names = rooms.map(({ name }) => name);
	const parts = [...new Set(names.map((name) => partOf(name, names)))];
	const tables = parts.map((part) => {
		const rows = rooms
			.filter(({ name }) => partOf(name, names) === part)
			.map((room) => `| \`${within(part, room.name)}\` | ${room.holds} | ${importsOf(room, part, names)} |`);
		return [`| ${part === "" ? "beside" : `\`${part}/\``} | holds | may import |`, "|---|---|---|", ...rows].join("\n");
	});
	const owned = packages.map(({ name, rooms: of }) => `| \`${name}\` | ${shortened(of, "", names).join(", ")} |`);
	return [...tables, ["| package | only in |", "|---|---|", ...owned].join("\n")].join("\n\n");
}

/** The nearest room above that has rooms of its own: the whole of the room itself belongs to its own part. */
function partOf(name: string, names: readonly string[]): string {
	if (hasRooms(name, names)) return name;
	for (let above = parentOf(name); above !== ""; above = parentOf(above)) if (hasRooms(above, names)) return above;
	return "";
}

function hasRooms(name: string, names: readonly string[]): boolean {
	return names.some((other) => other.startsWith(`${name}/`));
}

function parentOf(name: string): string {
	return name.slice(0, Math.max(0, name.lastIndexOf("/")));
}

function within(part: string, name: string): string {
	if (name === part) return ".";
	return part !== "" && name.startsWith(`${part}/`) ? name.slice(part.length + 1) : name;
}

function importsOf({ imports }: Room, part: string, names: readonly string[]): string {
	return imports.length === 0 ? "nothing" : shortened(imports, part, names).join(", ");
}

/** Names within a part; a room with all the rooms below it as one name with a star. */
function shortened(rooms: readonly string[], part: string, names: readonly string[]): string[] {
	const shown = new Set<string>();
	for (const room of rooms) {
		let name = room;
		for (let above = parentOf(room); above !== ""; above = parentOf(above)) {
			const below = names.filter((other) => other.startsWith(`${above}/`));
			if (below.length > 1 && below.every((other) => rooms.includes(other))) name = `${above}/*`;
		}
		shown.add(`\`${name === `${part}/*` ? "*" : within(part, name)}\``);
	}
	return [...shown];
}
