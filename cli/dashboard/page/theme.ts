/** Colours and type of the charts, from the page's own style sheet: one place for light and dark. */
export interface Theme {
	text: string;
	muted: string;
	line: string;
	surface: string;
	/** Of the first, second and third measure. */
	series: readonly [string, string, string];
	/** Of words, by rank. */
	words: readonly string[];
	font: string;
}

export function readTheme(): Theme {
	const style = getComputedStyle(document.documentElement);
	const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
	return {
		text: color("text"),
		muted: color("muted"),
		line: color("line"),
		surface: color("surface"),
		series: [color("series-1"), color("series-2"), color("series-3")],
		words: [color("series-1"), color("series-2"), color("text")],
		font: getComputedStyle(document.body).fontFamily,
	};
}
