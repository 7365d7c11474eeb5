// What a search for an address decides, apart from how it is drawn.
const SHORTEST = 2;

export const isAsked = (text) => text.length >= SHORTEST;

// What is shown: what was found for this very text and country, or else what was
// shown before, so that nothing flickers until the answer comes.
export function shownResult(result, shown, text, country) {
  if (!isAsked(text)) return null;
  return result?.query === text && result.country === country ? result : shown;
}

// Which of so many is chosen after an arrow key; -1 for none before.
export function nextOption(current, step, count) {
  const from = current < 0 && step < 0 ? 0 : current;
  return (from + step + count) % count;
}

export const countText = (count) =>
  count === 1
    ? "1 place found. The arrow keys choose it."
    : `${count} places found. The arrow keys choose one.`;

// What is said below the places, if anything.
export const resultText = (found, nothing) =>
  found?.word || (found?.looking || found?.places?.length ? "" : nothing);

export function splitLabel(text) {
  const [head, ...rest] = text.split(", ");
  return [head, rest.join(", ")];
}
