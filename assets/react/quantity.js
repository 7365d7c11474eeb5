// The next whole number within the limits; from the least where there is none yet.
export const stepped = (number, by, least, most) =>
  Math.min(most, Math.max(least, (Number.isNaN(number) ? least : number) + by));
