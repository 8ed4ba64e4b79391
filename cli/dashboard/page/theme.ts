/** Colours and type of the charts, from the page's own style sheet: one place for light and dark. */
export interface Theme {
	text: string;
	muted: string;
	line: string;
	surface: string;
	/** Of the first measure, the second, and so on. */
	series: readonly string[];
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
		series: Array.from({ length: 8 }, (_, at) => color(`series-${at + 1}`)),
		font: getComputedStyle(document.body).fontFamily,
	};
}
