// biome-ignore-all format: lists of words read best in rows.
/** Words of the schema `classicmodels`. */

export interface ProductLine {
	name: string;
	description: string;
	/** Begins the product codes. */
	code: string;
	/** Of the models: 1 to this. */
	scale: number;
	years: readonly [first: number, last: number];
	models: readonly string[];
	details: readonly string[];
}

const metal = ["Die-cast body with opening doors.", "Rubber tyres and working suspension.", "Comes with a numbered certificate.", "Hand-painted in twelve steps."] as const;
const wood = ["Hull of planked walnut.", "Rigging of waxed cotton thread.", "Brass fittings, ready for display.", "Assembly takes \"a patient weekend\"."] as const;

export const productLines: readonly ProductLine[] = [
	{ name: "Sports Cars", description: "Fast cars of every decade, detailed down to the dashboard & gauges.", code: "SC", scale: 18, years: [1949, 1999], models: ["Spider", "GT Coupé", "Roadster", "Turbo S", "Targa"], details: metal },
	{ name: "Prewar Cars", description: "Touring cars and limousines from before 1940.", code: "PC", scale: 24, years: [1903, 1939], models: ["Phaeton", "Town Car", "Landaulet", "Boat-tail"], details: metal },
	{ name: "Motorbikes", description: "From boneshakers to superbikes, with chains that turn.", code: "MB", scale: 10, years: [1921, 2004], models: ["Twin 500", "Café Racer", "Scrambler", "Sidecar"], details: metal },
	{ name: "Aircraft", description: "Propeller planes & early jets, with stands.", code: "AC", scale: 72, years: [1916, 1974], models: ["Biplane", "Flying Boat", "Mail Plane", "Jet Trainer"], details: metal },
	{ name: "Sailing Ships", description: "Ships of wood and canvas; the captain's pride of any shelf.", code: "SS", scale: 700, years: [1588, 1904], models: ["Schooner", "Clipper", "Frigate", "Brigantine"], details: wood },
	{ name: "Railways", description: "Locomotives, wagons and stations in standard gauges.", code: "RW", scale: 87, years: [1829, 1968], models: ["Tank Engine", "Express Locomotive", "Mail Wagon", "Tram"], details: metal },
	{ name: "Trucks & Coaches", description: "Working vehicles: trucks, buses, fire engines.", code: "TC", scale: 50, years: [1925, 1995], models: ["Fire Engine", "School Bus", "Flatbed", "Milk Float"], details: metal },
];

export const makers = ["Corvane", "Halden", "Brightwell", "Ostrava", "Delmonte", "Kirin", "Severn", "Valois", "Torrens", "Nordlys", "Aquila", "Pemberton"] as const;

export const vendors = ["Atelier Miniature", "Bantam Foundry", "Carousel Die Cast", "Gearwheel Studio", "Old Harbour Models", "Second Gear Works", "Tinplate & Sons", "Unimark Gallery"] as const;

export const officePlaces = ["USA", "USA", "France", "Japan", "Australia", "UK", "Brazil"] as const;

export const orderComments = [
	"Customer asks for delivery before noon.",
	"They said: \"no plastic packaging, please\".",
	"Called about the discount; it's been agreed on.",
	"Deliver to the back door.\nRing twice.",
	"Très bon client 👍",
	"Path on the label: C:\\orders\\labels",
	"Please confirm the colour (naïve blue, not teal).",
	"",
] as const;
