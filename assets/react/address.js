// What an address form decides, apart from how it is drawn.

export const PARTS = [
  ...["street", "unit", "town", "state", "postcode", "country"],
  ...["latitude", "longitude"],
];

export const firstAddress = (initial, home) => ({
  ...Object.fromEntries(PARTS.map((part) => [part, initial?.[part] ?? ""])),
  country: initial?.country || home,
});

export const restoredAddress = (address, typed) => ({
  ...address,
  ...Object.fromEntries(
    PARTS.filter((part) => part in typed).map((part) => [part, typed[part]]),
  ),
});

// The pin as the form sends it: six decimals are about ten centimetres.
export const asTexts = (at) => (at ? at.map((degrees) => degrees.toFixed(6)) : ["", ""]);

// Whether what is known of a country is about this very town of it.
export const isToldOf = (lists, { country, state, town }) =>
  lists?.country === country && lists.state === state && lists.town === town;

export function pinOf({ latitude, longitude }) {
  const at = [Number.parseFloat(latitude), Number.parseFloat(longitude)];
  return at.every(Number.isFinite) ? at : null;
}

// What a place says about the address. Another town makes the postcode that is there
// wrong, another street the unit; a town says nothing of the street.
export function addressOf({ street, town, state, postcode, country }, value) {
  const moves = town !== value.town || state !== value.state || country !== value.country;
  const other = value.street && street !== value.street;
  return {
    ...{ town, state, country, postcode: postcode || (moves ? "" : value.postcode) },
    ...(street && { street, unit: other ? "" : value.unit }),
  };
}

// The answer to where the pin was put last, if it is about that.
export const answerAt = (here, moved) =>
  moved && `${here?.latitude} ${here?.longitude}` === moved ? here : null;

// The place at the pin, if it says anything that is not in the form yet.
export function offeredPlace(answer, value) {
  if (!answer?.place) return null;
  const says = Object.entries(addressOf(answer.place, value));
  return says.some(([part, text]) => text !== value[part]) ? answer.place : null;
}

// What is said about the pin; without `tiles` there is no map to move it on.
export function pinWords(at, { mapped, tiles }) {
  if (!mapped) return "";
  if (!at) return tiles ? "Press on the map to set the pin." : "";
  const where = `Pin at ${at.map((degrees) => degrees.toFixed(5)).join(", ")}.`;
  return tiles ? `${where} Drag it, or choose it and press the arrow keys.` : where;
}
