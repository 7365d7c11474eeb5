// Searching and filtering the catalogue. Case and accents do not count.
export const LONGEST_QUERY = 80;

const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
const words = (text) => fold(text).split(/\s+/).filter(Boolean);

// What an address asks for, and the other way round.
export function readSearch(search) {
  const parameters = new URLSearchParams(search);
  return {
    query: (parameters.get("q") ?? "").slice(0, LONGEST_QUERY),
    category: parameters.get("category") ?? "",
  };
}

export function writeSearch({ query, category }) {
  const parameters = new URLSearchParams();
  if (query.trim()) parameters.set("q", query.trim());
  if (category) parameters.set("category", category);
  const text = parameters.toString();
  return text ? `?${text}` : "";
}

// The slugs of the services with every word that is asked for, and of the categories
// that have any. A category that is unknown filters nothing.
export function findServices(categories, asked) {
  const wanted = words(asked.query);
  const known = categories.some(({ slug }) => slug === asked.category);
  const services = new Set();
  const found = new Set();
  for (const category of categories) {
    if (known && category.slug !== asked.category) continue;
    for (const service of category.services) {
      const text = fold(`${service.name} ${service.summary} ${category.name}`);
      if (!wanted.every((word) => text.includes(word))) continue;
      services.add(service.slug);
      found.add(category.slug);
    }
  }
  return { services, categories: found };
}
