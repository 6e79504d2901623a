import { HOSPITALS, type Hospital } from './catalogue/hospitals.ts';

/** The hospitals a comparison is of: those the query names, by slug, else the first two. At most three. */
export function comparedHospitals(search: URLSearchParams): Hospital[] {
  const wanted = search.getAll('hospital');
  const found = HOSPITALS.filter(({ slug }) => wanted.includes(slug)).slice(0, 3);
  return found.length > 0 ? found : HOSPITALS.slice(0, 2);
}
