// biome-ignore-all format: lists of words read best in rows.
/** Words that the sample data is made of. */

export const firstNames = [
	"Ada", "Aiko", "Amara", "Anders", "Beatriz", "Björn", "Carlos", "Chiara", "Daniel", "Diego", "Elif", "Emma",
	"Fatima", "Finn", "Grace", "Hana", "Hugo", "Ines", "Jamal", "João", "Katarzyna", "Kenji", "Lars", "Léa",
	"Liam", "Mei", "Mateo", "Nadia", "Noah", "Olga", "Priya", "Rafael", "Ruth", "Sofia", "Tariq", "Uma",
	"Vera", "Wei", "Yara", "Zoë",
] as const;

export const lastNames = [
	"Almeida", "Andersson", "Baker", "Bianchi", "Castillo", "Chen", "D'Souza", "Dubois", "Eriksen", "Fernández",
	"Fischer", "García", "Haddad", "Ito", "Jansen", "Kaya", "Kowalski", "Lindqvist", "Martin", "Müller",
	"Nakamura", "Novák", "O'Brien", "Okafor", "Patel", "Petrov", "Quinn", "Rossi", "Santos", "Schmidt",
	"Silva", "Smith", "Tanaka", "Tran", "Ueda", "Van Dijk", "Weber", "Wong", "Yılmaz", "Zhang",
] as const;

export interface Place {
	country: string;
	/** ISO 3166 alpha-2. */
	code: string;
	territory: "NA" | "EMEA" | "APAC" | "LATAM";
	/** Calling code. */
	dial: string;
	cities: readonly (readonly [city: string, state: string | null, postalCode: string])[];
	/** How often customers come from here, against the others. */
	weight: number;
}

export const places: readonly Place[] = [
	{
		country: "USA", code: "US", territory: "NA", dial: "+1", weight: 30,
		cities: [
			["Seattle", "WA", "98101"], ["Austin", "TX", "73301"], ["Chicago", "IL", "60601"], ["Boston", "MA", "02110"],
			["San Diego", "CA", "92101"], ["Denver", "CO", "80202"],
		],
	},
	{ country: "Canada", code: "CA", territory: "NA", dial: "+1", weight: 6, cities: [["Toronto", "ON", "M5H 2N2"], ["Montréal", "QC", "H2Y 1C6"]] },
	{ country: "Mexico", code: "MX", territory: "LATAM", dial: "+52", weight: 4, cities: [["Guadalajara", "JAL", "44100"], ["Mérida", "YUC", "97000"]] },
	{ country: "Brazil", code: "BR", territory: "LATAM", dial: "+55", weight: 5, cities: [["São Paulo", "SP", "01310-100"], ["Curitiba", "PR", "80010-000"]] },
	{ country: "France", code: "FR", territory: "EMEA", dial: "+33", weight: 9, cities: [["Lyon", null, "69002"], ["Nantes", null, "44000"], ["Paris", null, "75004"]] },
	{ country: "Germany", code: "DE", territory: "EMEA", dial: "+49", weight: 9, cities: [["Hamburg", null, "20095"], ["Köln", null, "50667"], ["Leipzig", null, "04109"]] },
	{ country: "Spain", code: "ES", territory: "EMEA", dial: "+34", weight: 7, cities: [["Madrid", null, "28001"], ["València", null, "46001"]] },
	{ country: "Italy", code: "IT", territory: "EMEA", dial: "+39", weight: 5, cities: [["Torino", null, "10121"], ["Bologna", null, "40121"]] },
	{ country: "UK", code: "GB", territory: "EMEA", dial: "+44", weight: 7, cities: [["London", null, "EC1A 1BB"], ["Leeds", null, "LS1 4AP"]] },
	{ country: "Norway", code: "NO", territory: "EMEA", dial: "+47", weight: 3, cities: [["Bergen", null, "5003"], ["Tromsø", null, "9008"]] },
	{ country: "Japan", code: "JP", territory: "APAC", dial: "+81", weight: 5, cities: [["Osaka", "Osaka", "530-0001"], ["Sapporo", "Hokkaido", "060-0001"]] },
	{ country: "Australia", code: "AU", territory: "APAC", dial: "+61", weight: 6, cities: [["Melbourne", "VIC", "3000"], ["Perth", "WA", "6000"]] },
	{ country: "Singapore", code: "SG", territory: "APAC", dial: "+65", weight: 4, cities: [["Singapore", null, "049315"]] },
];

export const streets = [
	"Harbour Street", "Rue des Tanneurs", "Lindenallee", "Calle Mayor", "Via Garibaldi", "Mill Lane", "Sakura-dori",
	"Storgata", "Avenida Central", "King William Road", "Station Road", "Market Square",
] as const;

export const companyWords = [
	"Atlas", "Beacon", "Cedar", "Dragonfly", "Ember", "Foxglove", "Granite", "Harbor", "Indigo", "Juniper", "Kestrel",
	"Lantern", "Meridian", "Northwind", "Orchard", "Pioneer", "Quarry", "Redwood", "Summit", "Tidal", "Umber", "Violet",
	"Willow", "Zephyr",
] as const;

export const companyKinds = [
	"Models", "Collectables", "Gifts & Toys", "Hobby House", "Imports", "Replicas", "Trading Co.", "Retail Group",
	"Miniatures", "Auto Art",
] as const;
