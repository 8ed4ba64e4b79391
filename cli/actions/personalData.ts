import type { SourceColumn, SourceTable } from "../engines/port.ts";

/**
 * Names of columns that are likely to hold personal data: in lower case, without accents and without what parts their words. In English,
 * German, French, Spanish, Portuguese, Italian and Dutch.
 */
const personal = new Set(
	[
		"firstname lastname surname fullname givenname middlename familyname maidenname",
		"email emailaddress mail phone phonenumber telephone mobile mobilenumber cellphone fax",
		"address address1 address2 addressline1 addressline2 streetaddress street zip zipcode postalcode postcode",
		"dob dateofbirth birthdate birthday gender ip ipaddress",
		"vorname nachname familienname geburtsname telefon telefonnummer handynummer anschrift adresse strasse plz postleitzahl",
		"geburtsdatum geburtstag geboren geschlecht",
		"prenom nomdefamille nomcomplet courriel codepostal adressepostale datenaissance datedenaissance",
		"apellido apellidos telefono correo correoelectronico direccion codigopostal fechanacimiento fechadenacimiento",
		"sobrenome telefone endereco cep datanascimento datadenascimento",
		"cognome cellulare indirizzo codicepostale datanascita datadinascita",
		"voornaam achternaam telefoonnummer straatnaam geboortedatum",
	].flatMap((line) => line.split(" ")),
);

/** Of these not even a hash should leave the source: few enough values to try them all, or a key to something. */
const secret = new Set(
	[
		"ssn socialsecuritynumber nationalid taxid passport passportnumber driverslicense",
		"iban bankaccount creditcard creditcardnumber cardnumber cvv",
		"password passwordhash passwd accesstoken refreshtoken apikey",
		"passwort kennwort steuernummer kontonummer motdepasse contrasena dni nif cpf codicefiscale wachtwoord bsn",
	].flatMap((line) => line.split(" ")),
);

const latitudes = new Set(["lat", "latitude"]);
const longitudes = new Set(["lon", "lng", "long", "longitude"]);
const texts = /char|text|enum|set/;

/**
 * Columns that are likely to hold personal data, with what may be done with each: `hash` where equal values should stay equal,
 * `drop` where a hash could be guessed or the type cannot have one. Judged by the whole name, never by a part of it.
 * @param keys columns that must be replicated; of these only a text can be masked.
 */
export function personalColumns(
	{ columns }: Pick<SourceTable, "columns">,
	keys: readonly string[],
): [name: string, action: "hash" | "drop"][] {
	const tokens = new Set(columns.map(({ name }) => tokenOf(name)));
	const hasPlace = [latitudes, longitudes].every((names) => [...names].some((name) => tokens.has(name)));
	return columns.flatMap((column): [string, "hash" | "drop"][] => {
		const token = tokenOf(column.name);
		const isPlace = hasPlace && (latitudes.has(token) || longitudes.has(token));
		if (!isPlace && !personal.has(token) && !secret.has(token)) return [];
		const action = actionOf(column, secret.has(token), keys.includes(column.name));
		return action === undefined ? [] : [[column.name, action]];
	});
}

/** Long enough to be recognised at the end of a word: the catalog's names are in lower case, `contactlastname` too. */
const longEndings = [...personal, ...secret].filter((token) => token.length >= 5);

/**
 * Whether a column's values had better not be shown to whoever opens a page: its name says so, or ends so, as
 * `contact_last_name` and `contactlastname` do. One too many does no harm here.
 */
export function looksPersonal(name: string): boolean {
	const words = name.replaceAll(/([a-z])([A-Z])/g, "$1_$2").split(/[_\s-]+/);
	const isNamed = words.some((_, at) => {
		const token = tokenOf(words.slice(at).join(""));
		return personal.has(token) || secret.has(token);
	});
	return isNamed || longEndings.some((ending) => tokenOf(name).endsWith(ending));
}

function actionOf({ type }: SourceColumn, isSecret: boolean, isKey: boolean): "hash" | "drop" | undefined {
	const isText = texts.test(type);
	if (isKey) return isText ? "hash" : undefined;
	return isText && !isSecret ? "hash" : "drop";
}

function tokenOf(name: string): string {
	const plain = name
		.normalize("NFD")
		.replaceAll(/\p{Mn}/gu, "")
		.replaceAll("ß", "ss");
	return plain.toLowerCase().replaceAll(/[_\s-]/g, "");
}
