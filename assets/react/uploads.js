const PICTURES = "image/jpeg,image/png,image/webp,image/heic,.heic,.heif";

const WORKBOOK =
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

// What can be handed in for what: as the server checks it. `most` is in megabytes.
export const TAKES = {
  picture: { accept: PICTURES, most: 10, words: "JPEG, PNG, WebP or HEIC" },
  photo: { accept: PICTURES, most: 10, words: "JPEG, PNG, WebP or HEIC" },
  document: { accept: `${PICTURES},application/pdf`, most: 20, words: "PDF or picture" },
  field: { accept: `${PICTURES},application/pdf`, most: 20, words: "PDF or picture" },
  quote: { accept: `${PICTURES},application/pdf`, most: 20, words: "PDF or picture" },
  table: {
    accept: `.csv,.xlsx,text/csv,${WORKBOOK}`,
    most: 10,
    words: "CSV or XLSX",
  },
  signature: { accept: "image/png", most: 1, words: "PNG" },
};
const LOST = "The connection was lost on the way. Please try again.";

// Why a file of this size cannot be handed in, or an empty text.
export const sizeProblem = (purpose, size) =>
  size > TAKES[purpose].most * 1_000_000
    ? `This file is larger than ${TAKES[purpose].most} MB. Please choose a smaller one.`
    : "";

// What the server's answer means: the file, or a sentence.
export const uploadResult = (status, response) =>
  status === 201 && response?.id
    ? { view: response }
    : { problem: response?.message ?? LOST };

// A file of which only the id was kept.
export const fileOf = (id) => ({
  id,
  name: "",
  size: "",
  url: `/api/files/${id}`,
  thumbnail_url: "",
});
