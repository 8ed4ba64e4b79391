/** An element of the page's own skeleton. @throws Error where the skeleton lacks it. */
export function byId(id: string): HTMLElement {
	const found = document.getElementById(id);
	if (found === null) throw new Error(`the page has no element ${id}`);
	return found;
}

/** A new element with text; text is never markup. */
export function element(name: string, text = "", className = ""): HTMLElement {
	const created = document.createElement(name);
	created.textContent = text;
	if (className !== "") created.className = className;
	return created;
}
