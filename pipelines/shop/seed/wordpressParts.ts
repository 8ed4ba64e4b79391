import type { SampleRow } from "../../../etl/definition/sampleData.ts";
import { sqlDateTime, zeroDateTime } from "./rows.ts";

/** The shop's address. */
export const siteUrl = "https://shop.example";

export interface Customer {
	id: number;
	first: string;
	last: string;
	email: string;
}

export interface ShopProduct {
	id: number;
	name: string;
	cents: number;
}

type Counted = "post" | "postmeta" | "user" | "usermeta" | "comment" | "orderItem" | "orderItemMeta";

/** Ids that several parts of the data take from, as AUTO_INCREMENT would. */
export class Counters {
	readonly #last = new Map<Counted, number>();

	next(of: Counted): number {
		const id = (this.#last.get(of) ?? 0) + 1;
		this.#last.set(of, id);
		return id;
	}
}

export interface Post {
	id: number;
	author: number;
	/** Milliseconds since 1970. */
	at: number;
	title: string;
	name: string;
	type: "post" | "page" | "product" | "attachment" | "shop_order";
	status: string;
	content?: string;
	excerpt?: string;
	password?: string;
	parent?: number;
	comments?: number;
	mime?: string;
}

/** A row of wp_posts. A draft has no date in GMT yet, which WordPress writes as a zero date. */
export function postRow(post: Post): SampleRow {
	const at = sqlDateTime(post.at);
	const isOrder = post.type === "shop_order";
	return {
		table: "wp_posts",
		values: [
			post.id,
			post.author,
			at,
			post.status === "draft" ? zeroDateTime : at,
			post.content ?? "",
			post.title,
			post.excerpt ?? "",
			post.status,
			isOrder || post.type === "page" ? "closed" : "open",
			isOrder || post.type === "page" ? "closed" : "open",
			post.password ?? "",
			post.name,
			"",
			"",
			at,
			post.status === "draft" ? zeroDateTime : at,
			"",
			post.parent ?? 0,
			`${siteUrl}/?p=${post.id}`,
			0,
			post.type,
			post.mime ?? "",
			post.comments ?? 0,
		],
	};
}

/** Rows of wp_postmeta. */
export function* postMetaRows(
	counters: Counters,
	post: number,
	meta: Readonly<Record<string, string | null>>,
): Generator<SampleRow> {
	for (const [key, value] of Object.entries(meta)) {
		yield { table: "wp_postmeta", values: [counters.next("postmeta"), post, key, value] };
	}
}

export interface Comment {
	post: number;
	author: string;
	email: string;
	user: number;
	ip: string;
	/** Milliseconds since 1970. */
	at: number;
	content: string;
	type: "comment" | "review" | "order_note";
	approved: boolean;
}

export function commentRow(counters: Counters, comment: Comment): SampleRow {
	const at = sqlDateTime(comment.at);
	return {
		table: "wp_comments",
		values: [
			counters.next("comment"),
			comment.post,
			comment.author,
			comment.email,
			"",
			comment.ip,
			at,
			at,
			comment.content,
			0,
			comment.approved ? "1" : "0",
			comment.type === "order_note" ? "WooCommerce" : "Mozilla/5.0",
			comment.type,
			0,
			comment.user,
		],
	};
}
