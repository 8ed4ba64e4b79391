import { readTheme } from "../theme.ts";
import { canvasOf } from "./canvas.ts";

const margin = 24;

/** A chart as an image that explains itself where it is pasted: its title and what it says above it. PNG; undefined where nothing is drawn. */
export async function imageOf(place: HTMLElement, title: string, lines: readonly string[]): Promise<Blob | undefined> {
	const chart = canvasOf(place);
	const image = document.createElement("canvas");
	const pen = image.getContext("2d");
	if (chart === undefined || pen === null) return undefined;
	const { surface, text, muted, font } = readTheme();
	const [large, small] = [`600 32px ${font}`, `26px ${font}`];
	image.width = chart.width + 2 * margin;
	pen.font = small;
	const words = lines.flatMap((line) => wrapped(line, chart.width, pen));
	const head = 44 + words.length * 34 + margin;
	// A new height empties the canvas, and its pen.
	image.height = chart.height + head + 2 * margin;
	pen.fillStyle = surface;
	pen.fillRect(0, 0, image.width, image.height);
	pen.textBaseline = "top";
	pen.fillStyle = text;
	pen.font = large;
	pen.fillText(title, margin, margin, chart.width);
	pen.fillStyle = muted;
	pen.font = small;
	words.forEach((line, at) => {
		pen.fillText(line, margin, margin + 48 + at * 34, chart.width);
	});
	pen.drawImage(chart, margin, margin + head);
	return new Promise((resolve) => image.toBlob((blob) => resolve(blob ?? undefined), "image/png"));
}

function wrapped(text: string, width: number, pen: CanvasRenderingContext2D): string[] {
	const lines: string[] = [];
	let line = "";
	for (const word of text.split(" ").filter((one) => one !== "")) {
		const longer = line === "" ? word : `${line} ${word}`;
		if (line !== "" && pen.measureText(longer).width > width) {
			lines.push(line);
			line = word;
		} else line = longer;
	}
	return line === "" ? lines : [...lines, line];
}
