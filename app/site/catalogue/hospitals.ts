export interface Hospital {
  slug: string;
  name: string;
  city: string;
  summary: string;
  beds: number;
  languages: readonly string[];
  /** Minutes by car from the international airport. */
  airportMinutes: number;
  /** Out of five, by the patients we accompanied. */
  rating: number;
  knownFor: readonly string[];
}

/** Sample content of the demo site. */
export const HOSPITALS: readonly Hospital[] = [
  {
    slug: 'beijing-united',
    name: 'Beijing United',
    city: 'Beijing',
    summary: 'An international hospital with a joint centre that operates on six days of the week.',
    beds: 120,
    languages: ['English', 'Japanese', 'Korean', 'French'],
    airportMinutes: 35,
    rating: 4.8,
    knownFor: ['Orthopaedics', 'Dentistry', 'Check-ups'],
  },
  {
    slug: 'shanghai-jiahui',
    name: 'Shanghai Jiahui Hospital',
    city: 'Shanghai',
    summary: 'Bright, quiet and thoroughly digital: every result is in your hands the same evening.',
    beds: 500,
    languages: ['English', 'Japanese', 'Spanish'],
    airportMinutes: 50,
    rating: 4.9,
    knownFor: ['Eye surgery', 'Dentistry', 'Check-ups'],
  },
  {
    slug: 'guangzhou-pearl',
    name: 'Guangzhou Pearl River Clinic',
    city: 'Guangzhou',
    summary: 'A specialist house for eyes and joints, ten minutes from the river promenade.',
    beds: 86,
    languages: ['English', 'Russian', 'Arabic'],
    airportMinutes: 40,
    rating: 4.6,
    knownFor: ['Eye surgery', 'Orthopaedics'],
  },
  {
    slug: 'chengdu-lotus',
    name: 'Chengdu Lotus Medical Centre',
    city: 'Chengdu',
    summary: 'Unhurried care at gentle prices, with gardens to recover in.',
    beds: 140,
    languages: ['English', 'Korean'],
    airportMinutes: 25,
    rating: 4.7,
    knownFor: ['Dentistry', 'Check-ups'],
  },
];

export function hospitalBySlug(slug: string | undefined): Hospital | undefined {
  return HOSPITALS.find((hospital) => hospital.slug === slug);
}
