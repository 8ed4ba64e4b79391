/** What a shell can complete. */
export interface CompletionTable {
	commands: readonly { words: readonly string[]; summary: string; flags: readonly Flag[] }[];
	/** Options of every command. */
	flags: readonly Flag[];
}

export interface Flag {
	/** For instance `--stack`. */
	flag: string;
	/** For instance `-n`. */
	short?: string;
	/** Whether the next word is its value. */
	takesValue: boolean;
	description: string;
}

export const shells = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof shells)[number];

const name = "pipeline-cli";

/** The script that a shell reads at its start, for instance by `source <(pipeline-cli completion bash)`. */
export function completionScript(shell: Shell, table: CompletionTable): string {
	return { bash, zsh, fish }[shell](table);
}

/** Words that may follow each path of words; the path of the first word is empty. */
function nextWords(table: CompletionTable): Map<string, { word: string; summary: string }[]> {
	const next = new Map<string, { word: string; summary: string }[]>();
	for (const { words, summary } of table.commands) {
		words.forEach((word, index) => {
			const path = words.slice(0, index).join(" ");
			const known = next.get(path) ?? [];
			next.set(path, known);
			const last = index === words.length - 1;
			const entry = known.find((other) => other.word === word);
			if (entry === undefined) known.push({ word, summary: last ? summary : `${word} …` });
			else if (last) entry.summary = summary;
		});
	}
	return next;
}

/** Flags behind which a value stands, which is not a word of a command, as patterns of a shell's `case`. */
function valueFlags(table: CompletionTable): string[] {
	const flags = [...table.flags, ...table.commands.flatMap((command) => command.flags)].filter(
		({ takesValue }) => takesValue,
	);
	return [...new Set(flags.flatMap(({ flag, short }) => (short === undefined ? [flag] : [flag, short])))];
}

function bash(table: CompletionTable): string {
	const words = [...nextWords(table)].map(
		([path, list]) => `\t\t"${path}") words="${list.map(({ word }) => word).join(" ")}" ;;`,
	);
	const flags = table.commands.map(
		(command) => `\t\t"${command.words.join(" ")}") flags="${command.flags.map(({ flag }) => flag).join(" ")}" ;;`,
	);
	return `# bash completion of ${name}: source <(${name} completion bash)
_pipeline_cli() {
	local current="\${COMP_WORDS[COMP_CWORD]}" path="" words="" flags="" index
	for ((index = 1; index < COMP_CWORD; index++)); do
		case "\${COMP_WORDS[index]}" in
			${valueFlags(table).join("|")}) ((++index)); ((index < COMP_CWORD)) || return ;;
			-*) ;;
			*) path="\${path:+$path }\${COMP_WORDS[index]}" ;;
		esac
	done
	case "$path" in
${words.join("\n")}
	esac
	case "$path" in
${flags.join("\n")}
	esac
	if [[ "$current" == -* ]]; then
		COMPREPLY=($(compgen -W "$flags ${table.flags.map(({ flag }) => flag).join(" ")}" -- "$current"))
	else
		COMPREPLY=($(compgen -W "$words" -- "$current"))
	fi
}
complete -o default -F _pipeline_cli ${name}
`;
}

function zsh(table: CompletionTable): string {
	const words = [...nextWords(table)].map(([path, list]) => {
		const entries = list.map(({ word, summary }) => `${zshWord(word)}:${zshText(summary)}`);
		return `\t\t"${path}") words_here=(${entries.map(quoted).join(" ")}) ;;`;
	});
	const flags = table.commands.map(
		(command) =>
			`\t\t"${command.words.join(" ")}") flags_here=(${command.flags.map(zshFlag).map(quoted).join(" ")}) ;;`,
	);
	return `#compdef ${name}
# zsh completion of ${name}: source <(${name} completion zsh)
_pipeline_cli() {
	local path_here="" index
	local -a words_here flags_here
	for ((index = 2; index < CURRENT; index++)); do
		case "\${words[index]}" in
			${valueFlags(table).join("|")}) if ((++index == CURRENT)); then _files; return; fi ;;
			-*) ;;
			*) path_here="\${path_here:+$path_here }\${words[index]}" ;;
		esac
	done
	case "$path_here" in
${words.join("\n")}
	esac
	case "$path_here" in
${flags.join("\n")}
	esac
	flags_here+=(${table.flags.map(zshFlag).map(quoted).join(" ")})
	if [[ "\${words[CURRENT]}" == -* ]]; then
		_describe option flags_here
	elif (( \${#words_here} > 0 )); then
		_describe command words_here
	else
		_files
	fi
}
if [[ "\${funcstack[1]}" == "_${name}" ]]; then
	# Loaded from a folder of functions, at the first completion.
	_pipeline_cli
else
	compdef _pipeline_cli ${name}
fi
`;
}

function zshFlag({ flag, description }: Flag): string {
	return `${flag}:${zshText(description)}`;
}

function zshWord(word: string): string {
	return word.replaceAll(":", "\\:");
}

function zshText(text: string): string {
	return text.replaceAll(":", "\\:");
}

function fish(table: CompletionTable): string {
	const lines = [...nextWords(table)].flatMap(([path, list]) =>
		list.map(
			({ word, summary }) =>
				`complete -c ${name} -f -n ${quoted(`__pipeline_cli_at ${path}`.trim())} -a ${word} -d ${quoted(summary)}`,
		),
	);
	const flags = table.commands.flatMap((command) =>
		command.flags.map(
			(flag) => `complete -c ${name} -n ${quoted(`__pipeline_cli_at ${command.words.join(" ")}`)} ${fishFlag(flag)}`,
		),
	);
	const globals = table.flags.map((flag) => `complete -c ${name} ${fishFlag(flag)}`);
	return `# fish completion of ${name}: ${name} completion fish | source
function __pipeline_cli_at
	set -l path
	set -l skip yes # the program's own name
	for word in (commandline -opc)
		if test -n "$skip"
			set skip
			continue
		end
		switch $word
			case ${valueFlags(table).map(quoted).join(" ")}
				set skip yes
			case '-*'
			case '*'
				set -a path $word
		end
	end
	test "$path" = "$argv"
end
${[...lines, ...flags, ...globals].join("\n")}
`;
}

function fishFlag({ flag, short, takesValue, description }: Flag): string {
	const letter = short === undefined ? "" : ` -s ${short.slice(1)}`;
	return `-l ${flag.slice(2)}${letter}${takesValue ? " -r" : ""} -d ${quoted(description)}`;
}

/** In single quotes, as bash, zsh and fish read it. */
function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
