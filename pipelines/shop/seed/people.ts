import type { Random } from "./random.ts";
import { firstNames, lastNames, type Place, places, streets } from "./vocabulary.ts";

export interface Person {
	first: string;
	last: string;
}

export interface Address {
	place: Place;
	city: string;
	state: string | null;
	postalCode: string;
	street: string;
}

export function person(random: Random): Person {
	return { first: random.pick(firstNames), last: random.pick(lastNames) };
}

const placeWeights = places.map((place) => place.weight);

export function address(random: Random, place = random.weighted(places, placeWeights)): Address {
	const [city, state, postalCode] = random.pick(place.cities);
	return { place, city, state, postalCode, street: `${random.int(1, 240)} ${random.pick(streets)}` };
}

export function phone(random: Random, place: Place): string {
	return `${place.dial} ${random.int(200, 999)} ${random.int(100, 999)} ${String(random.int(0, 9999)).padStart(4, "0")}`;
}

/** @returns lower-case ASCII letters and digits of a text, other characters as the separator. */
export function plainName(text: string, separator = ""): string {
	return text
		.normalize("NFD")
		.replaceAll(/\p{M}/gu, "")
		.toLowerCase()
		.replaceAll("ø", "o")
		.replaceAll("ı", "i")
		.replaceAll(/[^a-z0-9]+/g, separator);
}
