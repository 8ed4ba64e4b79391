// biome-ignore-all format: lists of words read best in rows.
/** Words of the schema `wordpress-db`. */

/** The 15 terms of the guide, numbered from 1: what a shop has after its installation, and five product categories. */
export const terms: readonly (readonly [name: string, slug: string, taxonomy: string, description: string])[] = [
	["Uncategorized", "uncategorized", "category", ""],
	["simple", "simple", "product_type", ""],
	["grouped", "grouped", "product_type", ""],
	["variable", "variable", "product_type", ""],
	["external", "external", "product_type", ""],
	["exclude-from-search", "exclude-from-search", "product_visibility", ""],
	["exclude-from-catalog", "exclude-from-catalog", "product_visibility", ""],
	["featured", "featured", "product_visibility", ""],
	["outofstock", "outofstock", "product_visibility", ""],
	["rated-5", "rated-5", "product_visibility", ""],
	["Clothing", "clothing", "product_cat", "What one wears"],
	["Home & Garden", "home-garden", "product_cat", "For \"inside\" and outside"],
	["Toys", "toys", "product_cat", "Für Groß und Klein 🧸"],
	["Music", "music", "product_cat", ""],
	["Outdoors", "outdoors", "product_cat", "Tents, lamps, maps"],
];

/** Terms that are product categories: the first one's id and how many. */
export const firstCategory = 11;
export const categoryCount = 5;

export const productAdjectives = ["Handmade", "Rustic", "Recycled", "Small", "Sleek", "Practical", "Fleece", "Oak", "Cosy", "Folding"] as const;
export const productNouns = ["Lamp", "Kite", "Hoodie", "Record Crate", "Tent", "Mug", "Puzzle", "Rain Coat", "Bird House", "Notebook", "Ukulele", "Lantern"] as const;

export const sentences = [
	"It's made to last, and it's easy to mend.",
	"Comes in a box of plain cardboard.",
	"\"The best one I ever had\", says a customer.",
	"Dimensions: 30 × 20 × 12 cm.",
	"We plant a tree 🌳 for every one that is sold.",
	"Not suited for children under 3 years.",
	"Care: wash at 30 °C; don't tumble dry.",
] as const;

export const reviews = [
	"Love it! ❤️ Would buy again.",
	"Arrived quickly, but the box was dented :(",
	"It's OK. The colour isn't what the picture shows.",
	"Très joli, merci !",
	"Five stars ⭐⭐⭐⭐⭐\nMy kids won't put it down.",
	"Paid 5% less elsewhere \\o/",
] as const;

export const orderNotes = [
	"Order status changed from Pending payment to Processing.",
	"Stock levels reduced.",
	"Payment received; it's been booked.",
	"Order status changed from Processing to Completed.",
] as const;

export const blogTitles = ["What's new in spring", "Behind the scenes: our workshop", "Five ways to fix a kite 🪁", "Opening hours", "Meet the makers", "\"Slow\" is the new fast"] as const;

export const pages = ["Shop", "Cart", "Checkout", "My account", "Refund and Returns Policy", "About us"] as const;

export const shippingZones: readonly { name: string; locations: readonly (readonly [code: string, type: string])[] }[] = [
	{ name: "United States", locations: [["US", "country"], ["US:HI", "state"], ["US:AK", "state"]] },
	{ name: "Europe", locations: [["EU", "continent"], ["GB", "country"], ["NO", "country"]] },
	{ name: "Asia & Pacific", locations: [["JP", "country"], ["AU", "country"], ["SG", "country"], ["0800*", "postcode"]] },
];

export const siteOptions: readonly (readonly [name: string, value: string])[] = [
	["siteurl", "https://shop.example"], ["home", "https://shop.example"], ["blogname", "The Corner Shop"],
	["blogdescription", "Useful & lovely things"], ["users_can_register", "0"], ["admin_email", "owner@shop.example"],
	["start_of_week", "1"], ["use_smilies", "1"], ["require_name_email", "1"], ["comments_notify", "1"],
	["posts_per_rss", "10"], ["rss_use_excerpt", "0"], ["default_category", "1"], ["default_comment_status", "open"],
	["default_ping_status", "open"], ["posts_per_page", "10"], ["date_format", "F j, Y"], ["time_format", "g:i a"],
	["permalink_structure", "/%postname%/"], ["blog_charset", "UTF-8"], ["gmt_offset", "0"], ["timezone_string", ""],
	["template", "storefront"], ["stylesheet", "storefront"], ["db_version", "57155"], ["WPLANG", ""],
	["woocommerce_currency", "USD"], ["woocommerce_default_country", "US:WA"], ["woocommerce_calc_taxes", "yes"],
	["woocommerce_ship_to_countries", ""], ["woocommerce_manage_stock", "yes"], ["woocommerce_hold_stock_minutes", "60"],
	["woocommerce_weight_unit", "kg"], ["woocommerce_dimension_unit", "cm"], ["woocommerce_enable_reviews", "yes"],
];
