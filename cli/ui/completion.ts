import {
	type CompletedCommand,
	type Completes,
	type CompletionTable,
	type Flag,
	nextWords,
	paths,
	takenArguments,
	valueFlags,
	values,
} from "./completionTable.ts";

export const shells = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof shells)[number];

const name = "pipeline-cli";

/** The script that a shell reads at its start, for instance by `source <(pipeline-cli completion bash)`. */
export function completionScript(shell: Shell, table: CompletionTable): string {
	return { bash, zsh, fish }[shell](table);
}

/** Branches of a `case`: a kind of names, or words. @param list of words, as the shell assigns it. */
function branches(
	entries: readonly { pattern: string; completes: Completes }[],
	list: (words: readonly string[]) => string,
): string {
	return entries
		.map(({ pattern, completes }) => {
			return `\t\t\t${pattern}) ${typeof completes === "string" ? `names=${completes}` : list(completes)} ;;`;
		})
		.join("\n");
}

function bash(table: CompletionTable): string {
	const words = [...nextWords(table)].map(
		([path, list]) => `\t\t\t"${path}") words="${list.map(({ word }) => word).join(" ")}" ;;`,
	);
	const flags = table.commands.map(
		(command) => `\t\t\t"${command.words.join(" ")}") words="${command.flags.map(({ flag }) => flag).join(" ")}" ;;`,
	);
	const list = (some: readonly string[]): string => `words="${some.join(" ")}"`;
	return `# bash completion of ${name}: source <(${name} completion bash)
_pipeline_cli_names() {
	local name
	while IFS= read -r name; do
		# A name may be anything that a source has: it is never expanded.
		if [[ "$name" == "$2"* ]]; then COMPREPLY+=("$(printf %q "$name")"); fi
	done < <(PIPELINE_STACK="\${3:-\${PIPELINE_STACK:-}}" ${name} completion --names "$1" 2>/dev/null)
}
_pipeline_cli() {
	local current="\${COMP_WORDS[COMP_CWORD]}" path="" given="" value="" stack="" words="" names="" longer index
	COMPREPLY=()
	for ((index = 1; index < COMP_CWORD; index++)); do
		case "\${COMP_WORDS[index]}" in
			${valueFlags(table).join("|")})
				value="\${COMP_WORDS[index]}"
				((++index))
				if ((index < COMP_CWORD)); then
					if [[ "$value" == --stack ]]; then stack="\${COMP_WORDS[index]}"; fi
					value=""
				fi ;;
			-*) ;;
			*)
				longer="\${path:+$path }\${COMP_WORDS[index]}"
				case "$longer" in
					${paths(table).map(inQuotes).join("|")}) path="$longer" ;;
					*) given=yes ;;
				esac ;;
		esac
	done
	if [[ -n "$value" ]]; then
		case "$path $value" in
${branches(values(table), list)}
		esac
	elif [[ "$current" == -* ]]; then
		case "$path" in
${flags.join("\n")}
		esac
		words="$words ${table.flags.map(({ flag }) => flag).join(" ")}"
	else
		case "$path" in
${branches(takenArguments(table), list)}
		esac
		[[ -n "$given" ]] || case "$path" in
${words.join("\n")}
		esac
	fi
	if [[ -n "$names" ]]; then
		_pipeline_cli_names "$names" "$current" "$stack"
	else
		COMPREPLY=($(compgen -W "$words" -- "$current"))
	fi
}
complete -o default -F _pipeline_cli ${name}
`;
}

function zsh(table: CompletionTable): string {
	const words = [...nextWords(table)].map(([path, list]) => {
		const entries = list.map(({ word, summary }) => `${zshText(word)}:${zshText(summary)}`);
		return `\t\t\t"${path}") words_here=(${entries.map(quoted).join(" ")}) ;;`;
	});
	const flags = table.commands.map(
		(command) =>
			`\t\t\t"${command.words.join(" ")}") words_here=(${command.flags.map(zshFlag).map(quoted).join(" ")}) ;;`,
	);
	const list = (some: readonly string[]): string => `words_here=(${some.map(zshText).map(quoted).join(" ")})`;
	return `#compdef ${name}
# zsh completion of ${name}: source <(${name} completion zsh)
_pipeline_cli() {
	local path_here="" given="" value="" stack="" names="" longer index
	local -a words_here names_here
	for ((index = 2; index < CURRENT; index++)); do
		case "\${words[index]}" in
			${valueFlags(table).join("|")})
				value="\${words[index]}"
				((++index))
				if ((index < CURRENT)); then
					if [[ "$value" == --stack ]]; then stack="\${words[index]}"; fi
					value=""
				fi ;;
			-*) ;;
			*)
				longer="\${path_here:+$path_here }\${words[index]}"
				case "$longer" in
					${paths(table).map(inQuotes).join("|")}) path_here="$longer" ;;
					*) given=yes ;;
				esac ;;
		esac
	done
	if [[ -n "$value" ]]; then
		case "$path_here $value" in
${branches(values(table), list)}
		esac
	elif [[ "\${words[CURRENT]}" == -* ]]; then
		case "$path_here" in
${flags.join("\n")}
		esac
		words_here+=(${table.flags.map(zshFlag).map(quoted).join(" ")})
	else
		case "$path_here" in
${branches(takenArguments(table), list)}
		esac
		[[ -n "$given" ]] || case "$path_here" in
${words.join("\n")}
		esac
	fi
	if [[ -n "$names" ]]; then
		names_here=(\${(f)"$(PIPELINE_STACK="\${stack:-\${PIPELINE_STACK:-}}" ${name} completion --names "$names" 2>/dev/null)"})
		compadd -- "\${names_here[@]}"
	elif (( \${#words_here} > 0 )); then
		_describe word words_here
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

function zshText(text: string): string {
	return text.replaceAll(":", "\\:");
}

function fish(table: CompletionTable): string {
	const lines = [...nextWords(table)].flatMap(([path, list]) =>
		list.map(
			({ word, summary }) =>
				`complete -c ${name} -f -n ${quoted(`__pipeline_cli_begins ${path}`.trim())} -a ${word} -d ${quoted(summary)}`,
		),
	);
	const at = ({ words }: CompletedCommand): string => quoted(`__pipeline_cli_at ${words.join(" ")}`);
	const taken = table.commands.flatMap((command) =>
		command.completes === undefined
			? []
			: [`complete -c ${name} -f -n ${at(command)} -a ${fishChoice(command.completes)}`],
	);
	const flags = table.commands.flatMap((command) =>
		command.flags.map((flag) => `complete -c ${name} -n ${at(command)} ${fishFlag(flag)}`),
	);
	const globals = table.flags.map((flag) => `complete -c ${name} ${fishFlag(flag)}`);
	return `# fish completion of ${name}: ${name} completion fish | source
function __pipeline_cli_path # the command that was typed, and " …" where an argument of it was, too
	set -l path ''
	set -l given ''
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
				set -l longer (string trim -- "$path $word")
				if contains -- "$longer" ${paths(table).map(quoted).join(" ")}
					set path "$longer"
				else
					set given ' …'
				end
		end
	end
	echo "$path$given"
end
function __pipeline_cli_begins
	set -l found (__pipeline_cli_path)
	test "$found" = "$argv"
end
function __pipeline_cli_at
	set -l found (__pipeline_cli_path)
	test "$found" = "$argv" -o "$found" = "$argv …"
end
function __pipeline_cli_names
	set -l words (commandline -opc)
	if set -l index (contains -i -- --stack $words)
		set -lx PIPELINE_STACK $words[(math $index + 1)]
		${name} completion --names $argv[1] 2>/dev/null
	else
		${name} completion --names $argv[1] 2>/dev/null
	end
end
${[...lines, ...taken, ...flags, ...globals].join("\n")}
`;
}

function fishFlag({ flag, short, takesValue, completes, description }: Flag): string {
	const letter = short === undefined ? "" : ` -s ${short.slice(1)}`;
	const value = completes === undefined ? (takesValue ? " -r" : "") : ` -x -a ${fishChoice(completes)}`;
	return `-l ${flag.slice(2)}${letter}${value} -d ${quoted(description)}`;
}

function fishChoice(completes: Completes): string {
	return quoted(typeof completes === "string" ? `(__pipeline_cli_names ${completes})` : completes.join(" "));
}

/** In single quotes, as bash, zsh and fish read it. */
function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}

function inQuotes(text: string): string {
	return `"${text}"`;
}
